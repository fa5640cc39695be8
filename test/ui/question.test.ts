import { expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Question } from '../../src/core/ports.ts'
import { questionText } from '../../src/ui/question.ts'
import { width } from '../../src/ui/text.ts'
import { golden } from '../support/golden.ts'
import { watchedLaunches, type Watched } from '../support/live-screens.ts'
import { describeStep, stateOf, uncoloured } from '../support/views.ts'

const launches = await watchedLaunches()

/** The launch as it stood before the first event that `at` finds. */
function before(name: string, at: (event: LaunchEvent) => boolean): Watched {
  const launch = launches[name]
  if (!launch) throw new Error(`there is no journal ${name}`)
  const count = launch.events.findIndex(at)
  if (count === -1) throw new Error('nothing like it happened')
  return { ...launch, events: launch.events.slice(0, count) }
}

function screen({ plan, events }: Watched, question: Question, columns: number): string {
  return questionText(question, { plan, state: stateOf(events), describeStep, theme: uncoloured, columns })
}

const atPreflight = before('healthy', (event) => event.type === 'phase-started' && event.phase === 'preflight')
const halfSigned = before('healthy', (event) => event.type === 'approved' && event.role === 'sre-lead')
const beforeGo = before('healthy', (event) => event.type === 'go-decided')
const at30 = before('healthy', (event) => event.type === 'flag-intended' && event.percent === 30)
const held = { ...before('held', () => true), events: launches['held']?.events ?? [] }
const failing = withFail(before('healthy', (event) => event.type === 'phase-ended' && event.phase === 'staging'))

/** The same launch, its newest gate failing by one check. */
function withFail(launch: Watched): Watched {
  const events = launch.events.map((event, index) => {
    if (event.type !== 'gate-judged' || launch.events.slice(index + 1).some(({ type }) => type === 'gate-judged'))
      return event
    const [first, ...others] = event.checks
    if (!first) throw new Error('a gate without checks')
    const judgement = {
      ...first.judgement,
      verdict: 'fail',
      observed: 912,
      why: '7.2% of 222 samples at or above 800ms',
    } as const
    return { ...event, verdict: 'fail', checks: [{ ...first, judgement }, ...others] } as const
  })
  return { ...launch, events }
}

const questions = {
  phase: [atPreflight, { type: 'proceed', id: 'begin/preflight', text: 'begin preflight?', danger: 'phase' }],
  'sign-off': [
    halfSigned,
    {
      type: 'approval',
      id: 'approve/sre-lead',
      role: 'sre-lead',
      statement: 'Monitoring and rollback procedures ready',
    },
  ],
  go: [beforeGo, { type: 'go', id: 'go', text: 'go?' }],
  change: [at30, { type: 'proceed', id: 'proceed/rollout/canary@30', text: 'show it to 30%?', danger: 'production' }],
  held: [
    held,
    { type: 'held', id: 'held', text: 'held at 10 %: too little traffic', promotable: true, recommended: 'wait' },
  ],
  failed: [
    failing,
    {
      type: 'failed',
      id: 'again/staging-ready',
      gate: 'staging-ready',
      text: 'gate staging-ready failed: Board load p95 < 800ms',
    },
  ],
} as const satisfies { readonly [name: string]: readonly [Watched, Question] }

test.each(Object.entries(questions).flatMap(([name, asked]) => [80, 120].map((columns) => ({ name, asked, columns }))))(
  'what a captain reads before answering: $name, at $columns columns',
  ({ name, asked: [launch, question], columns }) => {
    const text = screen(launch, question, columns)

    expect(text).toBe(golden(new URL(`golden/question-${name}-${columns}.txt`, import.meta.url), text))
    expect(text.split('\n').filter((line) => width(line) > columns)).toEqual([])
  },
)

test('a sign-off is asked for with who signed since, not with what the gate saw before they did', () => {
  const text = screen(halfSigned, questions['sign-off'][1], 100)

  expect(text).toMatch(/signed by +qa-lead, product-owner, engineering-lead/)
  expect(text).toMatch(/not yet +support-lead\n/)
  expect(text).not.toContain('not signed by')
})

test('a gate that fails is asked about with what fails, and with the rows of the matrix that are about it', () => {
  const text = screen(failing, questions.failed[1], 100)

  expect(text).toContain('fail  Board load p95 < 800ms')
  expect(text).not.toContain('Drawer open avg')
  // Nothing users see has changed: there is nothing to roll back.
  expect(text).not.toContain('matrix')
})
