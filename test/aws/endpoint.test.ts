import { expect, test } from 'vitest'
import { admitEndpoint, admitRegion, isAwsHost, type AllowedEndpoints } from '../../src/aws/endpoint.ts'

test.each([
  's3.amazonaws.com',
  's3.us-east-1.amazonaws.com',
  'bucket.s3.eu-central-1.amazonaws.com',
  'www.board.example.s3.eu-central-1.amazonaws.com',
  'bucket.s3.amazonaws.com',
  'bucket.s3-us-west-2.amazonaws.com',
  's3-external-1.amazonaws.com',
  'bucket.s3.dualstack.eu-west-1.amazonaws.com',
  's3-fips.us-gov-west-1.amazonaws.com',
  'bucket.s3-fips.dualstack.us-east-1.amazonaws.com',
  'bucket.s3-accelerate.amazonaws.com',
  'bucket.s3-accelerate.dualstack.amazonaws.com',
  'point-123456789012.s3-accesspoint.us-west-2.amazonaws.com',
  'point-123456789012.s3-accesspoint-fips.dualstack.us-east-1.amazonaws.com',
  'mfzwi23gnjvgw.mrap.accesspoint.s3-global.amazonaws.com',
  'lambda-123456789012.s3-object-lambda.us-east-1.amazonaws.com',
  'point-123456789012.op-01ac5d28a6a232904.s3-outposts.us-west-2.amazonaws.com',
  'bucket--use1-az5--x-s3.s3express-use1-az5.us-east-1.amazonaws.com',
  's3express-control.us-east-1.amazonaws.com',
  'vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
  'site.bucket.vpce-1a2b3c4d-5e6f.s3.us-east-1.vpce.amazonaws.com',
  'bucket.vpce-1a2b3c4d-5e6f-us-east-1a.s3.us-east-1.vpce.amazonaws.com',
  'vpce-1a2b3c4d-5e6f.sts.eu-west-1.vpce.amazonaws.com',
  'vpce-1a2b3c4d-5e6f.monitoring.eu-west-1.vpce.amazonaws.com',
  'b.s3.cn-north-1.amazonaws.com.cn',
  'cloudfront.cn-northwest-1.amazonaws.com.cn',
  's3.us-iso-east-1.c2s.ic.gov',
  's3.eusc-de-east-1.amazonaws.eu',
  'sts.amazonaws.com',
  'sts.us-east-1.amazonaws.com',
  'sts-fips.us-east-1.amazonaws.com',
  'sts.us-east-1.api.aws',
  'cloudfront.amazonaws.com',
  'cloudfront.global.api.aws',
  'monitoring.ap-southeast-7.amazonaws.com',
  'monitoring-fips.us-east-2.amazonaws.com',
  'ssm.ca-west-1.amazonaws.com',
  'portal.sso.eu-north-1.amazonaws.com',
  'oidc.eu-north-1.amazonaws.com',
  'us-east-1.signin.aws.amazon.com',
  'us-gov-west-1.signin-fips.amazonaws-us-gov.com',
  'S3.US-EAST-1.AmazonAWS.com',
])('%s is AWS', (host) => {
  expect(isAwsHost(host)).toBe(true)
})

test.each([
  '',
  '127.0.0.1',
  '169.254.169.254',
  'localhost',
  'amazonaws.com',
  's3.amazonaws.com.',
  's3.us-east-1.amazonaws.com.evil.example',
  'evil-amazonaws.com',
  's3.us-east-1.evilamazonaws.com',
  // Whoever has an account there can have such a host.
  'ec2-203-0-113-25.compute-1.amazonaws.com',
  'ec2-203-0-113-25.eu-west-1.compute.amazonaws.com',
  's3-1234567890.us-east-1.elb.amazonaws.com',
  'sts-0123456789abcdef.elb.eu-west-1.amazonaws.com',
  'sts.elb.eu-west-1.amazonaws.com',
  'abcdef1234.execute-api.us-east-1.amazonaws.com',
  'abcdef1234.appsync-api.us-east-1.amazonaws.com',
  'search-s3-abcdef.us-east-1.es.amazonaws.com',
  's3.abcdef.us-east-1.rds.amazonaws.com',
  'vpce-1a2b3c4d-5e6f.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com',
  's3.vpce-svc-0123456789abcdef0.us-east-1.vpce.amazonaws.com',
  'bucket.s3-website-us-east-1.amazonaws.com',
  'bucket.s3-website.eu-central-1.amazonaws.com',
  'evil.sts.us-east-1.amazonaws.com',
  'evil.signin.aws.amazon.com',
  's3.elsewhere.amazonaws.com',
  'd111111abcdef8.cloudfront.net',
  'abcdef.lambda-url.us-east-1.on.aws',
])('"%s" is not AWS', (host) => {
  expect(isAwsHost(host)).toBe(false)
})

/** What a refusal says; null when there is none. */
function refusalOf(admit: () => void) {
  try {
    admit()
    return null
  } catch (error) {
    return error
  }
}

test('AWS is asked with https alone', () => {
  const plain = 'http://s3.us-east-1.amazonaws.com'
  expect(refusalOf(() => admitEndpoint('https://s3.us-east-1.amazonaws.com', false))).toBeNull()
  for (const allowed of [false, 'this-machine'] as const)
    expect(refusalOf(() => admitEndpoint(plain, allowed))).toMatchObject({
      code: 'ENDPOINT_REFUSED',
      message: `the AWS endpoint ${plain} is not encrypted`,
      hint: 'write it with https',
    })
  expect(refusalOf(() => admitEndpoint(plain, true))).toBeNull()
})

test.each([
  ['http://127.0.0.1:4566', true],
  ['http://localhost:4566', true],
  ['http://s3.localhost:4566', true],
  ['http://[::1]:4566', true],
  ['http://127.0.0.1.evil.example', false],
  ['http://localhost.evil.example', false],
  ['http://10.0.0.1:4566', false],
  ['http://evil.example:81', false],
])('%s is not AWS and this machine: %s', (url, isHere) => {
  const refused = expect.objectContaining({ code: 'ENDPOINT_REFUSED' })
  expect(refusalOf(() => admitEndpoint(url, false))).toEqual(refused)
  expect(refusalOf(() => admitEndpoint(url, 'this-machine'))).toEqual(isHere ? null : refused)
  expect(refusalOf(() => admitEndpoint(url, true))).toBeNull()
})

test('a region that would make another host of it is no region; another name is one where any endpoint is allowed', () => {
  const refusal = (name: string, allowed: AllowedEndpoints) => refusalOf(() => admitRegion(name, allowed))
  const none = (name: string) => ({ code: 'USAGE', message: `"${name}" is not an AWS region` })
  for (const name of ['us-east-1', 'us-gov-west-1', 'eu-isoe-west-1', 'eusc-de-east-1', 'ap-southeast-7'])
    for (const allowed of [false, 'this-machine', true] as const) expect(refusal(name, allowed)).toBeNull()
  for (const name of ['auto', 'local', 'nyc3', 'us-east1']) {
    expect(refusal(name, false)).toMatchObject(none(name))
    expect(refusal(name, true)).toBeNull()
  }
  for (const name of ['evil.example/', 'x@evil.example/', 'a.b', 'us-east-1\n', '-a', ''])
    for (const allowed of [false, 'this-machine', true] as const)
      expect(refusal(name, allowed)).toMatchObject(none(name))
})
