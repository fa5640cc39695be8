import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { secretScrubber } from '../../src/host/secrets.ts'
import { systemExec } from '../../src/host/exec.ts'
import { launchProject } from '../support/launch-project.ts'
import { tempDir } from '../support/temp-dir.ts'

/** What a shell would run: each would leave a file called `pwned`. */
const payloads = [
  '; touch pwned',
  '$(touch pwned)',
  '`touch pwned`',
  '| touch pwned',
  '&& touch pwned',
  '\ntouch pwned\n',
  '"; touch pwned; "',
  "'; touch pwned; '",
  '--output=pwned',
  '> pwned',
  '${IFS}touch${IFS}pwned',
]

test('no source of launch starts a shell or evaluates text', async () => {
  const root = join(import.meta.dirname, '../../src')
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(200)
  const offences = await Promise.all(
    files.map(async (name) => {
      const text = await readFile(join(root, name), 'utf8')
      return /shell:\s*true|\bexecSync\b|\bexec\(\s*[`'"]|\beval\(|new Function\(|(?:execa|spawn|execFile)\(\s*['"`](?:\/bin\/)?(?:ba|z|da)?sh\b|from 'node:vm'/.test(
        text,
      )
        ? [name]
        : []
    }),
  )
  expect(offences.flat()).toEqual([])
})

test('a program gets hostile words as words, and finds hostile values in its environment as values', async () => {
  await using dir = await tempDir()
  const exec = systemExec({ env: { PATH: process.env['PATH'] }, scrubber: secretScrubber({}) })
  const script = 'console.log(JSON.stringify([process.argv.slice(1), process.env.VERSION]))'
  for (const payload of payloads) {
    const argv = [process.execPath, '-e', script, '--', payload]
    const ran = await exec.run(
      { argv, cwd: dir.path, env: { VERSION: payload }, timeoutMs: 10_000 },
      AbortSignal.timeout(10_000),
    )
    expect(ran.exitCode, ran.tail).toBe(0)
    expect(JSON.parse(ran.tail)).toEqual([[payload], payload])
  }
  expect(await readdir(dir.path)).toEqual([])
})

describe('what people write', () => {
  test('as reason, note, blocker or name is never run, on its way to the flag, the journal and back', async () => {
    await using project = await launchProject()
    const env = { LAUNCH_ACTOR: '$(touch pwned)', GIT_AUTHOR_NAME: '`touch pwned`' }
    const all = payloads.join(' ')
    const launch = async (...args: readonly string[]) => project.run([...args, '--sandbox'], { env })
    const first = await launch('rollback', 'emergency', '--reason', all)
    // Nothing there yet: made by the first command that drives.
    expect([0, 2]).toContain(first.exitCode)
    expect((await launch('build')).exitCode).toBe(0)
    expect((await launch('note', all)).exitCode).toBe(0)
    expect((await launch('uat', 'block', all, '--severity', 'critical')).exitCode).toBe(0)
    expect((await launch('rollback', 'emergency', '--reason', all)).exitCode).toBe(0)
    expect((await launch('report')).exitCode).toBe(0)
    const names = await readdir(project.path, { recursive: true })
    expect(names.filter((name) => name.includes('pwned'))).toEqual([])
  }, 60_000)
})
