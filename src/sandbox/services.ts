import { cborError, jsonError } from './aws-error.ts'
import { cloudfront } from './cloudfront.ts'
import { cloudwatch } from './cloudwatch.ts'
import { s3 } from './s3.ts'
import { ssm } from './ssm.ts'
import { sts } from './sts.ts'
import type { Service, WireRequest, WireResponse } from './types.ts'
import type { SandboxWorld } from './world.ts'

type Row = {
  readonly name: string
  owns(request: WireRequest): boolean
  answer(request: WireRequest, world: SandboxWorld): Promise<WireResponse | null> | WireResponse | null
  /** In the service's own protocol: it does not implement this. */
  refuse(request: WireRequest): WireResponse
}

/** The AWS services of one world, by the wire they speak; the first row that owns a request answers it. */
export function awsServices(world: SandboxWorld): Service {
  const onS3 = s3(world)
  const onCloudfront = cloudfront(world)
  const onSts = sts(world)
  const onSsm = ssm(world)
  const rows: readonly Row[] = [
    { name: 'cloudwatch', owns: isCloudwatch, answer: cloudwatch, refuse: cloudwatchRefusal },
    { name: 'cloudfront', owns: ({ path }) => path.startsWith('/2020-05-31/'), answer: onCloudfront, refuse: unowned },
    { name: 'sts', owns: isQueryForm, answer: onSts, refuse: unowned },
    {
      name: 'ssm',
      owns: ({ headers }) => (headers['x-amz-target'] ?? '').startsWith('AmazonSSM.'),
      answer: onSsm,
      refuse: unowned,
    },
    {
      name: 'another JSON service',
      owns: ({ headers }) => headers['x-amz-target'] !== undefined,
      answer: () => null,
      refuse: unowned,
    },
    { name: 's3', owns: () => true, answer: onS3, refuse: unowned },
  ]
  return async (request) => {
    const row = rows.find((row) => row.owns(request))
    return row ? ((await row.answer(request, world)) ?? row.refuse(request)) : null
  }
}

const cloudwatchTarget = 'GraniteServiceVersion20100801'

function isCloudwatch({ headers, path }: WireRequest): boolean {
  return (
    (headers['x-amz-target'] ?? '').startsWith(`${cloudwatchTarget}.`) ||
    path.startsWith(`/service/${cloudwatchTarget}/`)
  )
}

function cloudwatchRefusal({ headers, path }: WireRequest): WireResponse {
  const operation = headers['x-amz-target']?.split('.')[1] ?? path.split('/').at(-1) ?? ''
  const message = `The sandbox does not implement this CloudWatch operation: ${operation}`
  return path.startsWith('/service/')
    ? cborError('InvalidAction', 'The sandbox speaks AWS JSON 1.0 for CloudWatch, not CBOR')
    : jsonError('InvalidAction', message)
}

function isQueryForm({ method, path, headers }: WireRequest): boolean {
  return (
    method === 'POST' && path === '/' && (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')
  )
}

function unowned({ headers }: WireRequest): WireResponse {
  return jsonError('UnknownOperationException', `The sandbox does not implement ${headers['x-amz-target'] ?? 'this'}`)
}
