import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { outputOf } from '../../src/compose/output.ts'

/** What is written to standard output by a process with this environment. */
function written(env: NodeJS.ProcessEnv, write: (out: ReturnType<typeof outputOf>['out']) => void): string {
  // Where nothing asks for a terminal's size, any stream will do.
  const [stdout, stderr] = [new PassThrough(), new PassThrough()] as unknown as [NodeJS.WriteStream, NodeJS.WriteStream]
  write(outputOf({ color: false }, env, { stdout, stderr }).out)
  return String(stdout.read() ?? '')
}

const secrets = { AWS_SECRET_ACCESS_KEY: 'sandbox', PIN_TOKEN: '123456', DB_PASSWORD: 'quo"ted\\word' }

test('a document keeps its keys and numbers where a secret is a word or digits, and loses it in every text', () => {
  const document = { sandbox: false, at: 1_234_567, by: 'sandbox:qa-lead', why: ['quo"ted\\word', 'pin 123456'] }

  const text = written(secrets, (out) => out.writeJson(document, 2))

  expect(JSON.parse(text)).toEqual({ sandbox: false, at: 1_234_567, by: '***:qa-lead', why: ['***', 'pin ***'] })
  expect(text).toMatch(/^\{\n {2}"sandbox": false,[\s\S]*\}\n$/)
})

test('what looks like a secret is masked in keys, too, and the document stays one', () => {
  const text = written({}, (out) => out.writeJson({ AKIACANARY0123456789: 'https://a.example/?X-Amz-Signature=ab"c' }))

  expect(text).toBe('{"***":"https://a.example/?X-Amz-Signature=***\\"c"}\n')
})

test('text loses secrets wherever they stand', () => {
  expect(written(secrets, (out) => out.write('launch in the sandbox\n'))).toBe('launch in the ***\n')
})
