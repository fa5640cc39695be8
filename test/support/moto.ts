import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsAccess } from '../../src/aws/clients.ts'

export type Moto = AsyncDisposable & { readonly endpoint: string; readonly access: AwsAccess }

/** How long a cold Python on a busy machine takes to listen. */
const startTimeoutMs = 25_000

/**
 * moto compares If-Match and writes in two steps, on a thread for each request: now and then two of six writers who read the same
 * version are both told 200, which S3 never does. So a request is let in when the one before is answered.
 */
const oneAtATime = `
import threading
from moto import server

turn = threading.Lock()
answer = server.DomainDispatcherApplication.__call__

def in_turn(app, environ, start_response):
    with turn:
        return answer(app, environ, start_response)

server.DomainDispatcherApplication.__call__ = in_turn
server.main()
`

/** A moto server of its own on a free port; null, with the reason printed, where there is none. */
export async function startMoto(): Promise<Moto | null> {
  const port = await freePort()
  const child = spawn('python3', ['-c', oneAtATime, '-H', '127.0.0.1', '-p', String(port)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let trouble = ''
  child.stderr.on('data', (chunk: Buffer) => (trouble = (trouble + chunk.toString()).slice(-500)))
  child.on('error', (error) => (trouble = error.message))
  const endpoint = `http://127.0.0.1:${port}`
  const exited = new Promise<void>((resolve) => child.on('close', () => resolve()))
  for (const until = performance.now() + startTimeoutMs; performance.now() < until; await sleep(150)) {
    if (child.exitCode !== null || child.pid === undefined) break
    if (await answers(endpoint)) {
      return {
        endpoint,
        access: emulated(endpoint),
        [Symbol.asyncDispose]: async () => {
          child.kill('SIGTERM')
          await exited
        },
      }
    }
  }
  child.kill('SIGKILL')
  process.stderr.write(`skipped: moto.server does not start: ${trouble.trim().split('\n').at(-1) ?? ''}\n`)
  return null
}

/** Moto reads the code of SSM with the first request for it: on a busy machine longer than launch waits for an answer. */
export async function loadSsm({ endpoint }: Moto): Promise<void> {
  const scope = 'Credential=AKIAIOSFODNN7EXAMPLE/20261201/us-east-1/ssm/aws4_request'
  await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AmazonSSM.GetParameter',
      authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none`,
    },
    body: '{"Name":"/nobody"}',
  })
}

/** Access to an emulator: any credentials, one endpoint for all services. */
export function emulated(endpoint: string): AwsAccess {
  return {
    region: 'us-east-1',
    profile: null,
    role: null,
    endpoints: { all: endpoint },
    allowEndpoint: true,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'testing' },
  }
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/moto-api/`)).ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
