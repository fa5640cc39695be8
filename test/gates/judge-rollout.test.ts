import { describe, expect, test } from 'vitest'
import { missing, needKey } from '../../src/core/evidence.ts'
import { judgeGate, type JudgedGate } from '../../src/gates/judge-gate.ts'
import { RolloutMemory } from '../../src/gates/rollout-memory.ts'
import { at, context, gate, planned, scope, series } from '../support/looks.ts'
import { canaryGate, evidenceOf, healthy, lookAtMinute, verdicts, whyOf, type Told } from '../support/rollouts.ts'

const quiet: Told = { perMinute: 1000, canary: () => healthy, control: () => healthy }
const broken: Told = { ...quiet, canary: () => ({ ...healthy, errors: 0.1 }) }

describe('a stage of a healthy release', () => {
  test('is undecided while it bakes and says how far it is, with what it saw', () => {
    const judged = lookAtMinute(quiet, 7)
    expect(judged).toMatchObject({ verdict: 'unknown', saying: 'go-on' })
    expect(whyOf(judged, 'errors')).toMatch(/^5 of 10 minutes baked; 0\.\d+% of 500 requests$/)
  })

  test('passes once it baked and the worst rate its data allow is safe for the next share of users', () => {
    const judged = lookAtMinute(quiet, 12)
    expect(judged).toMatchObject({ verdict: 'pass', saying: 'passed' })
    // Four looks, 10, 15, 20 and 25 minutes into a budget of 28: scipy.stats.beta.ppf(1 - 0.05 / 4, 4, 997) is 0.97065 %.
    expect(whyOf(judged, 'errors')).toBe('0.3% of 1,000 requests; at most 0.971%, of 30% of users: 0.291%, below 1%')
  })

  test('goes on at little traffic, and when its time is up the run sheet says what follows', () => {
    const little = { ...quiet, perMinute: 40 }
    expect(lookAtMinute(little, 12)).toMatchObject({ verdict: 'unknown', saying: 'go-on' })
    expect(whyOf(lookAtMinute(little, 12), 'errors')).toBe('40 of 300 needed; 0% of 40 requests')
    expect(lookAtMinute(little, 40)).toMatchObject({ verdict: 'unknown', saying: 'inconclusive' })
  })
})

describe('a release that breaks more', () => {
  test('is stopped within two minutes, with both versions side by side', () => {
    const judged = lookAtMinute(broken, 2)
    expect(verdicts(judged)).toMatchObject({ errors: 'fail', p95: 'unknown', mean: 'unknown' })
    expect(whyOf(judged, 'errors')).toMatch(
      /^10% of 200 against 0\.\d+% of 1,800 in the old version; evidence .* needed$/,
    )
  })

  test('is stopped also inside its limit, and told so', () => {
    const worse = { ...quiet, canary: () => ({ ...healthy, errors: 0.009 }) }
    const minute = Array.from({ length: 60 }, (_, i) => i + 1).find((m) => lookAtMinute(worse, m).verdict === 'fail')
    expect(minute).toBeLessThan(60)
  })

  test('slow is slow: the check that bounds what became worse fails', () => {
    const slow = { ...quiet, canary: () => ({ ...healthy, slow: 0.2, mean: 260 }) }
    expect(verdicts(lookAtMinute(slow, 4))).toMatchObject({ errors: 'unknown', p95: 'fail' })
  })
})

test('a stage that is stamped before the one it followed, by a clock that was behind, is judged by its own minutes', () => {
  const early = { left: [{ percent: 10 as const, since: at(5), until: at(9), evidence: {} }], percent: 30 as const }
  const judged = lookAtMinute(broken, 4, [0], early)
  expect(verdicts(judged)).toMatchObject({ errors: 'fail' })
})

describe('what both versions suffer', () => {
  const outage = (minute: number) => (minute >= 3 && minute <= 12 ? { ...healthy, errors: 0.04 } : healthy)
  const shared: Told = { ...quiet, canary: outage, control: outage }

  test('fails nothing, and its minutes do not count', () => {
    const judged = lookAtMinute(shared, 12)
    expect(judged).toMatchObject({ verdict: 'unknown', saying: 'go-on' })
    expect(whyOf(judged, 'errors')).toMatch(/^the old version is outside its limit, too/)
    const after = lookAtMinute(shared, 35)
    expect(after.verdict).toBe('pass')
  })
})

describe('a last stage with a bake of its own', () => {
  const begun = [0, 12, 24, 36]
  test('is not passed before that is over', () => {
    const look = (minute: number, changes = {}) => lookAtMinute(quiet, minute, begun, changes)
    expect(look(48)).toMatchObject({ verdict: 'pass', saying: 'passed' })
    const longer = { lastBakeMs: 30 * 60_000 }
    expect(look(48, longer)).toMatchObject({ verdict: 'unknown', saying: 'go-on' })
    expect(whyOf(look(48, longer), 'errors')).toMatch(/^10 of 30 minutes baked/)
    expect(look(68, longer)).toMatchObject({ verdict: 'pass', saying: 'passed' })
  })
})

describe('a flag that reaches nobody', () => {
  test('is said, holds once its time is up and never passes', () => {
    const nobody: Told = { ...quiet, canary: () => healthy }
    const found = evidenceOf(nobody, 0, 30, [0])
    const empty = Object.fromEntries(
      Object.entries(found).map(([key, finding]) => {
        if (finding.status === 'missing') return [key, finding]
        const value = finding.value as ReturnType<typeof series>
        return [key, { ...finding, value: { ...value, minutes: { ...value.minutes, canary: [] } } }]
      }),
    )
    const where = context(0, {
      now: at(30),
      window: { from: at(0), to: at(30) },
      scope: {
        ...scope,
        rollout: {
          stages: [10, 100],
          bakeMs: 600_000,
          extendUpTo: 3,
          percent: 10,
          left: [],
          quantiles: { load: [90, 171, 304] },
        },
      },
    })
    const judged = judgeGate(canaryGate, empty, where)
    expect(judged).toMatchObject({ verdict: 'unknown', saying: 'hold' })
    expect(whyOf(judged, 'errors')).toBe('the new version gets no requests: the flag reaches nobody')
  })
})

describe('evidence of earlier stages', () => {
  const whole = (judged: JudgedGate) => ({ ...judged, checks: judged.checks() })

  test('counts: what is too little for one stage is enough for two', () => {
    const worse = { ...quiet, perMinute: 100, canary: () => ({ ...healthy, errors: 0.03 }) }
    const alone = lookAtMinute(worse, 26, [14])
    const together = lookAtMinute(worse, 26, [0, 14])
    const counted = (judged: typeof alone) => Number(/of (\d+)/.exec(whyOf(judged, 'errors').replaceAll(',', ''))?.[1])
    expect(counted(together)).toBeGreaterThan(counted(alone))
    // What was observed is the stage's own, with its own samples.
    // Ten settled minutes of 30 requests.
    expect(together.checks().find(({ id }) => id === 'errors')?.judgement).toMatchObject({
      observed: 0.03,
      samples: 300,
    })
  })

  test('is told a judge once: what a stage was left with does not change', () => {
    const memory = new RolloutMemory()
    const left = { percent: 10, since: at(0), until: at(14), evidence: evidenceOf(quiet, 0, 14, [0, 14]) }
    const look = (stage: typeof left) => whole(lookAtMinute(quiet, 26, [0, 14], { left: [stage] }, memory))
    const first = look(left)
    const read = Object.keys(left.evidence)
    for (const key of read) Reflect.deleteProperty(left.evidence, key)
    expect(look(left)).toEqual(first)
    // Another look at that stage is read, whatever it holds.
    expect(look({ ...left, evidence: {} })).not.toEqual(first)
  })

  test('is the same whether a process saw it all or has just come', () => {
    const memory = new RolloutMemory()
    const look = (minute: number, known?: RolloutMemory) =>
      whole(lookAtMinute(quiet, minute, minute <= 12 ? [0] : [0, 14], {}, known))
    const minutes = [12, 14, 18, 22, 26]
    expect(minutes.map((minute) => look(minute, memory))).toEqual(minutes.map((minute) => look(minute)))
  })
})

describe('what it does not speak for is judged by itself', () => {
  const at10 = { stages: [10, 100], bakeMs: 600_000, extendUpTo: 3, percent: 10, left: [], quantiles: {} }
  const where = context(10, { scope: { ...scope, rollout: at10 } })
  const ratio = { kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: '1%' }
  const evidence = (metric: string, of: ReturnType<typeof series>) =>
    [needKey({ need: 'series', metric }), { status: 'seen', value: of }] as const
  const minutes = (sum: number) => Array.from({ length: 12 }, (_, i) => ({ start: at(i), count: 1, sum, over: null }))

  test('a metric that does not tell the versions apart', () => {
    const found = Object.fromEntries([
      evidence('errors', series({ all: minutes(0) })),
      evidence('requests', series({ all: minutes(100) })),
    ])
    const judged = judgeGate(gate(planned(ratio)), found, where)
    expect(judged).toMatchObject({ verdict: 'pass' })
    expect(judged).not.toHaveProperty('saying')
  })

  test.each([{ judge: 'threshold' }, { observe: true }, { over: '5m' }])('a check that says %o', (says) => {
    const both = (sum: number) => series({ canary: minutes(sum), control: minutes(sum * 9) })
    const found = Object.fromEntries([evidence('errors', both(0)), evidence('requests', both(100))])
    expect(judgeGate(gate(planned({ ...ratio, ...says })), found, where)).not.toHaveProperty('saying')
  })

  test('a metric that cannot be read is unknown, and does not keep the others from failing', () => {
    const found = evidenceOf(broken, 0, 4, [0])
    const lost = Object.fromEntries(
      Object.entries(found).map(([key, finding]) => [key, key.includes('load') ? missing('InternalError') : finding]),
    )
    const rollout = {
      stages: [10, 100],
      bakeMs: 600_000,
      extendUpTo: 3,
      percent: 10,
      left: [],
      quantiles: { load: [90, 171, 304] },
    }
    const judged = judgeGate(
      canaryGate,
      lost,
      context(0, { now: at(4), window: { from: at(0), to: at(4) }, scope: { ...scope, rollout } }),
    )
    expect(verdicts(judged)).toEqual({ errors: 'fail', p95: 'unknown', mean: 'unknown' })
    expect(whyOf(judged, 'p95')).toBe('load: InternalError')
  })
})
