import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { waived } from '../../src/core/verdict.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import { begun, plan } from '../support/core-launch.ts'
import { artifactHash, result } from '../support/journal-builder.ts'
import { describeStep, signalOf } from '../support/views.ts'

test('the summary lists every check that was waived, once, with the reason and by whom', () => {
  const window = { from: epochMs(0), to: epochMs(1) }
  const look = (gate: string, key: string, stage: number | null) =>
    ({
      type: 'gate-judged',
      gate,
      key,
      phase: 'verify',
      bakedMs: 0,
      environment: 'production',
      artifact: artifactHash,
      verdict: 'unknown',
      evidence: {},
      window,
      stage,
      checks: [
        result(
          'flow',
          'command',
          'Drag and drop works',
          waived('not run: playwright-core is not installed', { observed: 'exit 77' }),
        ),
        result('glitch', 'count', 'Glitches', waived('observed only: fail, 3 of 0')),
        result('p95', 'percentile', 'Board load', waived('waived by kim: known for weeks (fail: 900ms)')),
      ],
    }) as const
  const told = begun({ type: 'waived', gate: 'full', check: 'p95', reason: 'known for weeks' }).add(
    { type: 'waived', gate: 'window', check: '', reason: 'agreed with on-call' },
    look('full', 'rollout/canary@10', 10),
    look('full', 'rollout/canary@100', 100),
  )
  const model = reportModel({ plan, events: told.events, describeStep, signalOf })

  expect(model?.waived).toEqual([
    {
      gate: 'full',
      check: 'Drag and drop works',
      reason: 'not run: playwright-core is not installed',
      by: 'the run sheet (requires)',
    },
    { gate: 'full', check: 'Glitches', reason: 'observed only: fail, 3 of 0', by: 'the run sheet (observe)' },
    { gate: 'full', check: 'Board load', reason: 'known for weeks', by: 'Jesus Ortiz <jesus@sb.example>' },
    { gate: 'window', check: '', reason: 'agreed with on-call', by: 'Jesus Ortiz <jesus@sb.example>' },
  ])
  expect(model && reportMarkdown(model).split('## Metrics')[0]).toContain(`- ➖ Waived checks: 4
  - Drag and drop works (gate full), waived by the run sheet (requires): not run: playwright-core is not installed
`)
})
