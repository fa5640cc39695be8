import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { PlannedStep } from '../../src/core/plan.ts'
import { liveModel } from '../../src/report/live-model.ts'
import { nextActions } from '../../src/ui/next-action.ts'
import { modelAt, watchedLaunches, type Watched } from '../support/live-screens.ts'
import { describeStep, signalOf, stateOf } from '../support/views.ts'

const launches = await watchedLaunches()
const launch = (name: string): Watched => {
  const found = launches[name]
  if (!found) throw new Error(`no journal "${name}"`)
  return found
}

describe('what a screen shows of a launch', () => {
  test('its commands are those of launch status, at every moment', () => {
    for (const watched of Object.values(launches)) {
      for (let count = 1; count <= watched.events.length; count += 4) {
        const state = stateOf(watched.events.slice(0, count))
        expect(modelAt(watched, count).acts).toEqual(nextActions(watched.plan, state, state.last.at))
      }
    }
  })

  test('a bake is over when its evidence is complete, and that is when the next stage comes at the earliest', () => {
    // 10 % was set at 00:00:00; at 00:07:00 5 of the 10 minutes of evidence were there.
    const model = modelAt(launch('rolled-back'), 40, 0)
    expect(model.clocks).toMatchObject([
      { type: 'bake', doneMs: 300_000, ofMs: 600_000 },
      { type: 'extend', doneMs: null, ofMs: 1_800_000 },
    ])
    expect(model.next).toEqual([{ text: '30% of users, at the earliest', at: Date.parse('2026-12-02T00:12:00Z') }])
  })

  test('the last stage of a canary bakes for its own time', () => {
    const { plan, events } = launch('rolled-back')
    const only10 = (step: PlannedStep) =>
      step.kind === 'canary'
        ? { ...step, spec: Object.assign({}, step.spec, { stages: [10], lastBake: 1_200_000 }) }
        : step
    const phases = plan.phases.map((phase) => ({ ...phase, steps: phase.steps.map(only10) }))
    const model = modelAt({ plan: { ...plan, phases }, events }, 40, 0)
    expect(model.clocks).toMatchObject([{ ofMs: 1_200_000 }, { ofMs: 3_600_000 }])
    expect(model.next).toEqual([
      { text: 'the canary is done, at the earliest', at: Date.parse('2026-12-02T00:22:00Z') },
    ])
  })

  test('a held canary shows why, until when, and that it is rolled back then', () => {
    const model = modelAt(launch('held'), Infinity, 30_000)
    expect(model.doing?.text).toMatch(/^held at 10%: not proven at 10 % in 30 minutes/)
    expect(model.clocks[0]).toMatchObject({ type: 'hold', ofMs: 900_000 })
    expect(model.next).toEqual([
      { text: 'rolled back unless somebody decides', at: Date.parse('2026-12-02T00:45:00Z') },
    ])
  })

  test('between two stages the next one comes, and what turns the flag off is said', () => {
    const watched = launch('rolled-back')
    const left = watched.events.findIndex(({ type }) => type === 'stage-left') + 1
    const model = modelAt(watched, left)

    expect(model.next).toEqual([{ text: '30% of users', at: null }])
    expect(model.acts[0]).toMatch(/^10% of users have it: launch rollback emergency/)
  })

  test('a launch that was handed over says by whom and to whom', () => {
    const { plan, events } = launch('rolled-back')
    const before = events.slice(0, 12)
    const last = before.at(-1)
    if (!last) throw new Error('no event')
    const actor = { ...last.actor, name: 'Ada Byron <ada@sb.example>' }
    const paused = {
      ...last,
      type: 'paused',
      signal: 'hand-over to Ana Lima: my shift ends',
      n: last.n + 1,
      actor,
    } as const

    expect(modelAt({ plan, events: [...before, paused] }, Infinity).doing?.text).toBe(
      'Ada Byron handed over to Ana Lima: my shift ends; launch resume goes on',
    )
  })

  test('after a rollback nobody has the new version, the failing gate stays in sight and the phase has failed', () => {
    const model = modelAt(launch('rolled-back'), Infinity)
    expect(model.exposure).toMatchObject({ percent: 0, latched: true })
    expect(model.exposure.stages.map(({ status }) => status)).toEqual(['pass', 'fail', 'waiting', 'waiting'])
    expect(model.gate).toMatchObject({ name: 'gate canary at 30%', verdict: 'fail' })
    const failed = model.gate?.checks.find(({ id }) => id === 'error-rate')
    // 14 % of requests against a limit of 1 %: fourteen times as high.
    expect(failed?.points.some((point) => point > 10)).toBe(true)
    expect(model.phases.find(({ id }) => id === 'rollout')?.status).toBe('fail')
    expect(model.next).toEqual([])
  })

  test('a check that fails before a value is settled shows what its look saw', () => {
    const { plan, events } = launch('rolled-back')
    const unsettled = events.map((event) =>
      event.type === 'gate-judged' && event.verdict === 'fail'
        ? {
            ...event,
            checks: event.checks.map((check) => ({ ...check, judgement: { ...check.judgement, observed: null } })),
          }
        : event,
    )
    const checks = modelAt({ plan, events: unsettled }, Infinity).gate?.checks
    const errors = checks?.find(({ id }) => id === 'error-rate')
    // The journal's own judgement of the same minutes: 14 % of 1,557 requests.
    expect(errors).toMatchObject({ verdict: 'fail', limit: 0.01, unit: 'share', samples: 1557 })
    expect(errors?.observed).toBeCloseTo(0.14, 2)
    // 350 ms against 800 ms is no share.
    expect(checks?.find(({ id }) => id === 'board-p95')?.observed).toBeNull()
  })

  test('a gate that nobody looked at yet is shown with its checks', () => {
    const { events } = launch('healthy')
    const begun = events.findIndex((event) => event.type === 'flag-confirmed')
    const model = modelAt(launch('healthy'), begun + 1)
    expect(model.gate).toMatchObject({ name: 'gate canary at 10%', verdict: 'waiting', at: null })
    expect(model.gate?.checks.map(({ verdict }) => verdict)).toEqual(Array(5).fill('waiting'))
  })

  test('a monitor that nobody journals shows the gate that it looks at, also behind the end of a launch', () => {
    const { plan, events } = launch('healthy')
    const state = stateOf(events)
    const look = events.findLast((event) => event.type === 'gate-judged' && event.gate === 'full-rollout')
    if (!look) throw new Error('no look')
    const watched = { ...look, n: state.n + 1, at: epochMs(state.last.at + 1000) }
    const doing = { text: 'looks again', at: null }
    const input = { plan, state, events: [...events, watched], now: watched.at, describeStep, signalOf, doing }
    expect(liveModel(input)).toMatchObject({ gate: { name: 'gate full-rollout' }, doing })
  })

  test('the captain is called first, after whoever answers for what is open', () => {
    const { plan } = launch('held')
    expect(modelAt(launch('held'), Infinity).contacts[0]).toMatchObject({
      role: 'Release Captain',
      name: 'Jesus Ortiz',
    })
    const owned = {
      ...plan,
      phases: plan.phases.map((phase) => ({
        ...phase,
        steps: phase.steps.map((step) => ({
          ...step,
          gate: step.gate && {
            ...step.gate,
            checks: step.gate.checks.map((check) => ({ ...check, spec: { ...check.spec, owner: 'SRE / DevOps' } })),
          },
        })),
      })),
    }
    expect(modelAt({ ...launch('held'), plan: owned }, Infinity).contacts[0]?.role).toBe('SRE / DevOps')
  })
})
