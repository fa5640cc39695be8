import { expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import { watchedLaunches } from '../support/live-screens.ts'
import { describeStep, signalOf } from '../support/views.ts'

test('a report sets what a failed look saw against its limit, where no value was settled yet', async () => {
  const { plan, events } = (await watchedLaunches())['rolled-back'] ?? { plan: null, events: [] }
  if (!plan) throw new Error('no journal')
  const model = reportModel({ plan, events: events.map(unsettled), describeStep, signalOf })
  if (!model) throw new Error('no launch')

  // The journal's own judgement of the same minutes: 14 % of 1,557 requests.
  const { judgement } = model.headline.find(({ last }) => last.id === 'error-rate')?.last ?? {}
  expect(judgement).toMatchObject({ verdict: 'fail', limit: 0.01, unit: 'share', samples: 1557 })
  expect(judgement?.observed).toBeCloseTo(0.14, 2)
  const text = reportMarkdown(model)
  expect(text).toMatch(/Failed check of gate canary: Error rate < 1%: observed 14(?:\.\d+)?% > 1% \(1,557 samples\)\./)
  expect(text).not.toContain('(0 samples)')
})

function unsettled(event: LaunchEvent): LaunchEvent {
  if (event.type !== 'gate-judged' || event.verdict !== 'fail') return event
  const none = { observed: null, limit: null, unit: '', samples: 0 }
  return { ...event, checks: event.checks.map((check) => ({ ...check, judgement: { ...check.judgement, ...none } })) }
}
