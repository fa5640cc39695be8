import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { runBin } from '../support/run-bin.ts'
import { lacks } from '../support/waive.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const Check = z.object({ id: z.string(), verdict: z.string(), why: z.string() })
const Run = z.object({ exitCode: z.number(), gates: z.array(z.object({ checks: z.array(Check) })) })

const noBrowser = await lacks('chromium')

// In the checkout itself, as the README says: the bundler does not work through linked packages.
test.skipIf(noBrowser)(
  'a whole launch of this checkout: built by Vite, its browser flows passed and not waived',
  async () => {
    const ran = await runBin(['auto', '--sandbox', '--new', '--json'], { cwd: root, timeoutMs: 120_000 })

    const { exitCode, gates } = Run.parse(JSON.parse(ran.stdout))
    const flows = gates
      .flatMap(({ checks }) => checks)
      .filter(({ id }) => id.startsWith('flow-') || id === 'conflicts-safe')
      .map(({ id, verdict, why }) => (verdict === 'pass' ? `${id} pass` : `${id} ${verdict}: ${why}`))
    expect(flows.sort()).toEqual([
      'conflicts-safe pass',
      'flow-board-loads pass',
      'flow-conflict pass',
      'flow-drag-and-drop pass',
      'flow-drawer pass',
    ])
    expect(exitCode).toBe(0)
  },
)
