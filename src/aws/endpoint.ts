import { LaunchError } from '../core/errors.ts'

/** What may be asked beside AWS: nothing, this machine (a launch that nobody watches), or whatever is configured. */
export type AllowedEndpoints = boolean | 'this-machine'

type Place = { readonly protocol: string; readonly hostname: string }

/** us-east-1, us-gov-west-1, eu-isoe-west-1, eusc-de-east-1 */
const region = '[a-z]{2,4}(?:-[a-z]+)+-\\d{1,2}'
const regionName = new RegExp(`^${region}$`)
/** What an emulator, or a store that speaks S3, may call its region: one label of a host name. */
const hostLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** What the hosts of all partitions end in, dual-stack ones included (SDK partitions.json). */
const suffixes = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
] as const

/** What launch asks beside S3, and what credentials come from: role, SSO, its tokens, `aws login`. */
const services = '(?:sts|cloudfront|monitoring|ssm|portal\\.sso|oidc|signin)(?:-fips)?'
const s3Kind = `fips|accesspoint|accesspoint-fips|object-lambda|object-lambda-fips|outposts|outposts-fips|accelerate|global|external-1|${region}`

/**
 * What stands before the suffix. Hosts of customers have the same suffixes (compute, elb, execute-api, vpce-svc …), so a service is
 * known by its own name right before the region. Before the name of S3 stands a bucket or an access point, dots and all.
 */
const hostForms = [
  `${services}(?:\\.(?:global|${region}))?`,
  `(?:.+\\.)?s3(?:-(?:${s3Kind}))?(?:\\.dualstack)?(?:\\.${region})?`,
  `(?:.+\\.)?s3express-[a-z0-9-]+(?:\\.dualstack)?\\.${region}`,
  // PrivateLink: https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html
  `vpce-[a-z0-9-]+\\.${services}\\.${region}\\.vpce`,
  `(?:.+\\.)?vpce-[a-z0-9-]+\\.s3(?:-fips)?(?:\\.dualstack)?\\.${region}\\.vpce`,
].map((form) => new RegExp(`^(?:${form})$`))

/** Where `aws login` renews its tokens has names of its own (endpoint rules of the SDK's signin client). */
const signIn = new RegExp(
  `^(?:(?:${region}\\.)?signin(?:-fips)?\\.(?:${[
    'aws.amazon.com',
    'amazonaws.cn',
    'amazonaws-us-gov.com',
    'amazonaws-eusc.eu',
    'c2shome.ic.gov',
    'sc2shome.sgov.gov',
    'csphome.hci.ic.gov',
    'csphome.adc-e.uk',
  ]
    .map((domain) => domain.replaceAll('.', '\\.'))
    .join('|')})|${region}\\.oauth\\.signin\\.aws)$`,
)

/** Whether a host is one of AWS's own that launch, or whoever gives it credentials, has to do with. */
export function isAwsHost(hostname: string): boolean {
  const host = hostname.toLowerCase()
  const fronts = suffixes.flatMap((suffix) => (host.endsWith(`.${suffix}`) ? [host.slice(0, -suffix.length - 1)] : []))
  return fronts.some((front) => hostForms.some((form) => form.test(front))) || signIn.test(host)
}

/** Throws ENDPOINT_REFUSED for an endpoint that is not AWS, unless that was asked for; USAGE when it is no URL. */
export function admitEndpoint(endpoint: string, allowed: AllowedEndpoints): void {
  if (!URL.canParse(endpoint)) {
    throw new LaunchError('USAGE', `the AWS endpoint "${endpoint}" is not a URL`, {
      hint: 'write it like http://127.0.0.1:4566',
    })
  }
  admitPlace(new URL(endpoint), allowed)
}

/** Throws ENDPOINT_REFUSED for a request that would go there. */
export function admitPlace(place: Place, allowed: AllowedEndpoints): void {
  const refusal = refusalOf(place, allowed)
  if (refusal !== null) throw refusal
}

/** ENDPOINT_REFUSED, or null where a request may go: to AWS with https, and to what is allowed beside it. */
export function refusalOf({ protocol, hostname }: Place, allowed: AllowedEndpoints): LaunchError | null {
  const isAws = isAwsHost(hostname)
  if (allowed === true || (isAws && protocol === 'https:')) return null
  if (allowed === 'this-machine' && isThisMachine(hostname)) return null
  if (isAws) {
    const hint = 'write it with https'
    return new LaunchError('ENDPOINT_REFUSED', `the AWS endpoint ${protocol}//${hostname} is not encrypted`, { hint })
  }
  if (allowed === false)
    return new LaunchError('ENDPOINT_REFUSED', `the configured AWS endpoint ${hostname} is not AWS`)
  return new LaunchError(
    'ENDPOINT_REFUSED',
    `a launch that nobody watches does not go to ${hostname}, which is not AWS`,
    {
      hint: 'take the endpoint away (AWS_ENDPOINT_URL, or endpoint_url of the AWS config file), or be there: launch interactive --allow-endpoint',
    },
  )
}

/**
 * The name of a region becomes part of a host: where only AWS may be asked, it is a region's; elsewhere it is a name at least.
 * Throws USAGE.
 */
export function admitRegion(name: string, allowed: AllowedEndpoints): void {
  if ((allowed === true ? hostLabel : regionName).test(name)) return
  throw new LaunchError('USAGE', `"${name}" is not an AWS region`, {
    hint: 'write one like us-east-1: region: of the environment in the run sheet, --region, or AWS_REGION',
  })
}

/** 127.0.0.0/8, ::1 and the name RFC 6761 keeps for them. */
function isThisMachine(host: string): boolean {
  return /^127(?:\.\d{1,3}){3}$/.test(host) || host === '[::1]' || host === 'localhost' || host.endsWith('.localhost')
}
