import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AwsAccess } from '../../src/aws/clients.ts'
import { ssmParameters } from '../../src/aws/ssm.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { Parameters } from '../../src/core/ports.ts'
import { parameterFlagStore } from '../../src/flags/ssm.ts'
import { systemClock } from '../../src/host/clock.ts'
import { flagAt, flagStoreContract, type Trouble } from '../contract/flag-store.contract.ts'
import { openWorld } from '../sandbox/support/sandbox.ts'
import { awsServer, type AwsServer } from '../support/aws-server.ts'
import { emulated, loadSsm, startMoto, type Moto } from '../support/moto.ts'
import { parameterStoreOver } from '../support/parameter-store-over.ts'
import { never } from '../support/real-time.ts'
import { lacks } from '../support/waive.ts'

const quick = { wait: async () => {}, unit: () => 0 }
const now = () => systemClock().now()
const parametersAt = (access: AwsAccess) => ssmParameters(access, now, quick)

let moto: Moto | null = null
let refusing: AwsServer
let sandbox: Awaited<ReturnType<typeof openWorld>>
let names = 0
const noMoto = await lacks('moto')

beforeAll(async () => {
  if (!noMoto) moto = await startMoto()
  if (moto) await loadSsm(moto)
  sandbox = await openWorld()
  const body = JSON.stringify({ __type: 'AccessDeniedException', message: 'not authorized to perform: ssm' })
  refusing = await awsServer(() => ({ status: 400, body }))
}, 90_000)
afterAll(async () => {
  for (const made of [moto, sandbox, refusing]) await made?.[Symbol.asyncDispose]()
})

function underTest(access: AwsAccess) {
  const parameters = parametersAt(access)
  const fails = async () => {
    throw new LaunchError('UNREACHABLE', 'the answer is lost')
  }
  const troubled = (kind: Trouble): Parameters =>
    kind === 'blind'
      ? { ...parameters, get: fails, history: fails }
      : parametersAt(emulated(kind === 'forbidden' ? refusing.endpoint : 'http://127.0.0.1:1'))
  return parameterStoreOver(parameters, `/flags/board-${(names += 1)}`, troubled)
}

if (!noMoto) flagStoreContract('ssm on moto', async () => (moto === null ? null : underTest(moto.access)))
flagStoreContract('ssm in the sandbox', async () => underTest(emulated(sandbox.sandbox.apiUrl)))

describe('parameters of SSM', () => {
  test('are signed for ssm with the keys of the environment, the session token among them', async () => {
    await using server = await awsServer(() => ({ status: 200, body: '{"Parameter":{"Value":"v","Version":7}}' }))
    const access = emulated(server.endpoint)
    const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 's', sessionToken: 'session' }
    const found = await parametersAt({ ...access, credentials: keys }).get('/flags/board', never)
    expect(found).toEqual({ value: 'v', version: 7 })
    const [request] = server.requests
    expect(request?.headers).toMatchObject({
      'x-amz-target': 'AmazonSSM.GetParameter',
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-security-token': 'session',
    })
    expect(request?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/us-east-1\/ssm\/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-security-token;x-amz-target, /,
    )
    expect(JSON.parse(request?.body ?? '')).toEqual({ Name: '/flags/board' })
  })

  test('are read again after a throttle, and written once only', async () => {
    const throttled = { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' }
    await using server = await awsServer((_request, n) =>
      n < 3 ? throttled : { status: 200, body: '{"Parameter":{"Value":"v","Version":1}}' },
    )
    const parameters = parametersAt(emulated(server.endpoint))
    expect(await parameters.get('p', never)).toEqual({ value: 'v', version: 1 })
    await using busy = await awsServer(() => throttled)
    await expect(parametersAt(emulated(busy.endpoint)).put('p', 'v', 'overwrite', never)).rejects.toMatchObject({
      code: 'UNREACHABLE',
    })
    expect(busy.requests.length).toBe(1)
  })

  test('outside AWS are refused unless that is allowed', () => {
    expect(() => parametersAt({ ...emulated('http://evil.example'), allowEndpoint: false })).toThrow('evil.example')
  })
})

test('a raise that lands on top of a rollback puts the latch back and is told that it lost', async () => {
  const parameters = parametersAt(emulated(sandbox.sandbox.apiUrl))
  const name = '/flags/raced'
  const open = (over: Parameters) => parameterFlagStore({ name, pollMs: 1000, flagKey: 'board', parameters: over })
  await open(parameters).write(flagAt(10), null, never)
  const seen = await open(parameters).read(never)
  if (seen.status !== 'present') throw new Error('not there')
  // The rollback comes between this raise's look and its write.
  const racing = open({
    ...parameters,
    put: async (...args) => {
      await open(parameters).forceOff(flagAt(0, { writeId: 'latch' }), never)
      return parameters.put(...args)
    },
  })
  expect(await racing.write(flagAt(30), seen.version, never)).toEqual({ status: 'conflict' })
  expect(await open(parameters).read(never)).toMatchObject({ flag: { latched: true, writeId: 'latch' } })
})
