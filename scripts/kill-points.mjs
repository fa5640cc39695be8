// `npm run kill-points -- [--all] [--minutes 20]`: kills real launches at the requests they send; --all: at every one, in every phase.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const minutes = process.argv[process.argv.indexOf('--minutes') + 1]
const env = {
  ...process.env,
  LAUNCH_KILL_POINTS: process.argv.includes('--all') ? 'all' : 'some',
  ...(process.argv.includes('--minutes') ? { LAUNCH_KILL_MINUTES: minutes } : {}),
}
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url))
const args = ['run', '--config', 'vitest.slow.config.ts', 'test/slow/process-kills.test.ts']
const root = fileURLToPath(new URL('..', import.meta.url))
process.exitCode = spawnSync(process.execPath, [vitest, ...args], { cwd: root, env, stdio: 'inherit' }).status ?? 1
