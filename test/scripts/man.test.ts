import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { commands } from '../../src/commands/registry.ts'
import { waive } from '../support/waive.ts'

const run = promisify(execFile)
const page = fileURLToPath(new URL('../../man/launch.1', import.meta.url))
const env = { ...process.env, LC_ALL: 'C.UTF-8', MANROFFSEQ: '', MANWIDTH: '80', MAN_KEEP_FORMATTING: '' }

async function has(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    () => {
      waive(`the man page was not read by ${program}: it is not installed`)
      return false
    },
  )
}

test.skipIf(!(await has('man')))('man reads its page without a warning, and every command is in it', async () => {
  const { stdout, stderr } = await run('man', ['--warnings', '-E', 'UTF-8', '-l', '-Tutf8', page], {
    env,
    maxBuffer: 2e7,
  })

  expect(stderr).toBe('')
  // Overstrikes and colour are how roff prints bold.
  // oxlint-disable-next-line no-control-regex -- they are what is taken out
  const words = stdout.replaceAll(/\u001B\[[0-9;]*m|.\u0008/g, '').replaceAll(/\s+/g, ' ')
  expect(commands.filter(({ name }) => !words.includes(`launch ${name}`)).map(({ name }) => name)).toEqual([])
  expect(words).toContain('launch - a go-live run sheet as one binary')
  expect(words).toContain('LAUNCH_… twins of the options')
})
