// `npm run kill-points -- [--all [--part 1/8]] [--minutes 20]`: kills real launches at the requests they send; --all: at every
// one, in every phase; --part: at an eighth of them.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { all: { type: 'boolean' }, part: { type: 'string' }, minutes: { type: 'string' } },
})
const env = {
  ...process.env,
  LAUNCH_KILL_POINTS: values.all ? 'all' : 'some',
  ...(values.part && { LAUNCH_KILL_PART: values.part }),
  ...(values.minutes && { LAUNCH_KILL_MINUTES: values.minutes }),
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const args = ['run', '--config', 'vitest.slow.config.ts', 'test/slow/process-kills.test.ts']
const root = fileURLToPath(new URL('..', import.meta.url))
process.exitCode = spawnSync(process.execPath, [vitest, ...args], { cwd: root, env, stdio: 'inherit' }).status ?? 1
