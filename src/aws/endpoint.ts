import { LaunchError } from '../core/errors.ts'

/** Suffixes of hosts that are AWS, all partitions (SDK partitions.json, dual-stack names included). */
const awsSuffixes = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'sc2s.sgov.gov',
  'cloud.adc-e.uk',
  'csp.hci.ic.gov',
] as const

export function isAwsHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  return awsSuffixes.some((suffix) => host === suffix || host.endsWith(`.${suffix}`))
}

/** Throws ENDPOINT_REFUSED for an endpoint that is not AWS, unless that was asked for; USAGE when it is no URL. */
export function admitEndpoint(endpoint: string, allowEndpoint: boolean): void {
  if (!URL.canParse(endpoint)) {
    throw new LaunchError('USAGE', `the AWS endpoint "${endpoint}" is not a URL`, {
      hint: 'write it like http://127.0.0.1:4566',
    })
  }
  admitHost(new URL(endpoint).hostname, allowEndpoint)
}

export function admitHost(hostname: string, allowEndpoint: boolean): void {
  if (allowEndpoint || isAwsHost(hostname)) return
  throw new LaunchError('ENDPOINT_REFUSED', `the configured AWS endpoint ${hostname} is not AWS`)
}
