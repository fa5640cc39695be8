import { expect, test } from 'vitest'
import type { ExecRequest } from '../../src/core/ports.ts'
import { systemExec } from '../../src/host/exec.ts'
import { secretScrubber } from '../../src/host/secrets.ts'
import { tempDir } from '../support/temp-dir.ts'

const never = new AbortController().signal
const baseEnv = { PATH: process.env['PATH'], CI_TOKEN: 'tok-123456789', INHERITED: 'yes' }
const exec = systemExec({ env: baseEnv, scrubber: secretScrubber(baseEnv), graceMs: 300 })
const node = (script: string, more: Partial<ExecRequest> = {}): ExecRequest => ({
  argv: [process.execPath, '-e', script],
  cwd: process.cwd(),
  env: {},
  timeoutMs: 20_000,
  ...more,
})

test('a program gets its words as they are: no shell reads them', async () => {
  const words = ['$(touch pwned)', '; ls', '`id`', '*', 'a b', '"', "'", 'line\nbreak']
  const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)).replaceAll("\\\\n", "<nl>"))'

  const result = await exec.run({ ...node(script), argv: [process.execPath, '-e', script, '--', ...words] }, never)

  expect(JSON.parse(result.tail.replaceAll('<nl>', String.raw`\n`))).toEqual(words)
})

test('a program sees the given environment and nothing else', async () => {
  process.env['LAUNCH_TEST_STRAY'] = 'stray'

  const result = await exec.run(
    node('console.log(Object.keys(process.env).sort().join())', { env: { LAUNCH_ENV: 'staging' } }),
    never,
  )
  delete process.env['LAUNCH_TEST_STRAY']

  expect(result.tail).toBe('CI_TOKEN,INHERITED,LAUNCH_ENV,PATH')
})

test('a failing program is a result with its exit code, and its last 40 lines of both streams', async () => {
  const result = await exec.run(
    node('for (let i = 1; i <= 50; i++) console.log(i); console.error("boom"); process.exitCode = 3'),
    never,
  )

  expect(result).toMatchObject({ exitCode: 3, timedOut: false })
  const tail = result.tail.split('\n')
  expect(tail).toHaveLength(40)
  expect(tail).toContain('50')
  expect(tail).toContain('boom')
  expect(tail).not.toContain('9')
})

test('lines arrive while the program runs, without secrets, colours or control characters', async () => {
  const script = `
    const parts = ['\\u001b[32mgreen\\u001b[0m token tok-12', '3456789 ok\\n10%\\r20%\\rdone\\r\\n', 'grö', 'ße ', 'last']
    const bytes = Buffer.from(parts.join('')); let at = 0
    const tick = setInterval(() => { if (at >= bytes.length) return clearInterval(tick); process.stdout.write(bytes.subarray(at, at + 3)); at += 3 }, 2)`
  const lines: string[] = []

  const result = await exec.run(node(script, { onLine: (line) => lines.push(line) }), never)

  expect(lines).toEqual(['green token *** ok', 'done', 'größe last'])
  expect(result.tail).toBe(lines.join('\n'))
})

test('a program that prints without end of line is read piece by piece', async () => {
  const lines: string[] = []

  const result = await exec.run(
    node('process.stdout.write("x".repeat(3_000_000))', { onLine: (line) => lines.push(line) }),
    never,
  )

  expect(result.exitCode).toBe(0)
  expect(lines.length).toBeGreaterThan(10)
  expect(lines.join('').length).toBe(3_000_000)
})

// Programs that ignore SIGTERM: a trap that ignores is inherited by what the shell becomes.
const deaf = 'trap "" TERM; exec sleep 60'

test('a timeout ends the program and everything it started', async () => {
  const result = await exec.run(shell('sleep 60 & echo $!; wait'), never)

  expect(result).toMatchObject({ timedOut: true, exitCode: 143 })
  expect(result.ms).toBeLessThan(10_000)
  await expectGone(Number(result.tail))
})

test('a program that ignores the polite signal is ended after the grace time', async () => {
  expect(await exec.run(shell(deaf), never)).toMatchObject({ timedOut: true, exitCode: 137 })
})

test('a child that ignores the polite signal does not outlive its polite parent', async () => {
  const result = await exec.run(shell(`sh -c '${deaf}' & echo $!; wait`), never)

  expect(result.timedOut).toBe(true)
  await expectGone(Number(result.tail))
})

test('a child in the background that closed its output does not outlive a timeout either', async () => {
  const result = await exec.run(shell(`sh -c '${deaf}' >/dev/null 2>&1 & echo $!; wait`), never)

  expect(result).toMatchObject({ timedOut: true, exitCode: 143 })
  await expectGone(Number(result.tail))
})

test('an abort lets the program tidy up, then ends the run with the reason', async () => {
  await using dir = await tempDir()
  const aborter = new AbortController()
  const script = `process.on('SIGTERM', () => { require('node:fs').writeFileSync('tidied', ''); process.exit(0) }); console.log('up'); setInterval(() => {}, 1000)`
  const running = exec.run(
    node(script, { cwd: dir.path, onLine: () => aborter.abort(new Error('stopped by hand')) }),
    aborter.signal,
  )

  await expect(running).rejects.toThrow('stopped by hand')

  const tidied = await exec.run({ ...node(''), argv: ['test', '-f', 'tidied'], cwd: dir.path }, never)
  expect(tidied.exitCode).toBe(0)
})

test('nothing is started once the signal is aborted', async () => {
  await expect(exec.run(node('process.exit(0)'), AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
})

test('a program or folder that is not there is named', async () => {
  await expect(exec.run({ ...node(''), argv: ['no-such-program'] }, never)).rejects.toMatchObject({
    code: 'COMMAND_NOT_FOUND',
    message: 'no program "no-such-program" on this machine',
  })
  await expect(exec.run(node('', { cwd: '/no/such/folder' }), never)).rejects.toMatchObject({
    message: 'no folder "/no/such/folder" to run a command in',
  })
})

test('which finds the first program that is there and may be run', async () => {
  await using dir = await tempDir({ files: { 'bin/notes': 'text' } })
  const here = systemExec({ env: { PATH: `${dir.file('bin')}:${baseEnv.PATH ?? ''}` }, scrubber: secretScrubber({}) })

  expect(await here.which(['no-such-program', 'notes', 'sh'])).toMatch(/\/sh$/)
  expect(await here.which(['no-such-program'])).toBeNull()
  expect(await here.which([process.execPath])).toBe(process.execPath)
})

function shell(script: string): ExecRequest {
  return { argv: ['sh', '-c', script], cwd: process.cwd(), env: {}, timeoutMs: 700 }
}

/** A killed process may need a moment until it is reaped. */
async function expectGone(pid: number): Promise<void> {
  expect(pid).toBeGreaterThan(1)
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
