import fc from 'fast-check'
import { expect, test } from 'vitest'
import { latencySignal, rules, shareSignal, type JudgePlan } from '../../../src/core/judge/plan.ts'
import { RolloutJudge } from '../../../src/core/judge/rollout-judge.ts'

const plan: JudgePlan = {
  stages: [
    { share: 0.1, soak: 15 },
    { share: 0.3, soak: 15 },
    { share: 1, soak: 30 },
  ],
  extend: 3,
  onInconclusive: 'promote-unproven',
  lag: 3,
  signals: [shareSignal('errors', 0.01), latencySignal('load', 2, { slow: { cut: 1, share: 0.05 }, average: 200 })],
  rules,
}
type Minute = { readonly n: number; readonly bad?: number; readonly slow?: number; readonly ms?: number }

/** Plays minutes of both arms, every one with half its requests above the first cut, and says the first that is no `extend`. */
function play(
  minutes: number,
  canary: (t: number) => Minute | null,
  control: (t: number) => Minute | null,
  judged = plan,
) {
  const judge = new RolloutJudge(judged)
  for (let t = 0; t < minutes; t++) {
    put(judge, t, canary(t), control(t))
    const decision = judge.decide(t + 1, [0])
    if (decision.verdict !== 'extend') return { at: t + 1, ...decision }
  }
  return { at: minutes, ...judge.decide(minutes, [0]) }
}

function put(judge: RolloutJudge, t: number, canary: Minute | null, control: Minute | null): void {
  const errors = (arm: Minute | null) => arm && { n: arm.n, above: [arm.bad ?? 0], sum: 0 }
  const load = (arm: Minute | null) =>
    arm && { n: arm.n, above: [Math.floor(arm.n / 2), arm.slow ?? 0], sum: arm.n * (arm.ms ?? 120) }
  judge.put(0, t, errors(canary), errors(control))
  judge.put(1, t, load(canary), load(control))
}

const few = (n: number, every: number) => (t: number) => ({ n, bad: t % every === 0 ? 1 : 0 })

test('a healthy canary passes its stage after the soak, once its bound is proven', () => {
  const end = play(60, few(100, 5), few(900, 1))

  expect(end).toMatchObject({ verdict: 'pass', because: 'proven' })
  expect(end.at).toBe(18)
  // 3 of 1,500, the Clopper-Pearson bound of one of six looks: scipy's betaincinv(4, 1497, 1 − .05/6).
  const { bound } = end.findings[0]?.limits[0] ?? {}
  expect(bound).toMatchObject({ n: 1500, bad: 3, proven: true })
  expect(bound?.upper).toBeCloseTo(0.006845237829, 10)
})

test('a canary that fails more than the control is rolled back within minutes, and says by how much', () => {
  const end = play(
    60,
    () => ({ n: 100, bad: 10 }),
    () => ({ n: 900, bad: 3 }),
  )

  expect(end).toMatchObject({ verdict: 'rollback', because: 'canary-worse-than-control', signal: 'errors', at: 2 })
  expect(end.findings[0]?.relative?.effect).toMatchObject({
    canary: { n: 200, above: [20] },
    control: { n: 1800, above: [6] },
  })
})

test('one bad minute of the canary alone does not roll it back, nor does one of both', () => {
  const blip = (n: number) => (t: number) => ({ n, bad: t === 7 ? n / 5 : t % 10 === 0 ? 1 : 0 })

  expect(play(60, blip(100), few(900, 1))).toMatchObject({ verdict: 'pass' })
  expect(play(60, blip(100), blip(900)).verdict).not.toBe('rollback')
})

test('a burst, or minutes without data, start the soak again', () => {
  const calm = play(60, few(100, 5), few(900, 1))
  const burst = play(
    60,
    (t) => ({ n: 100, bad: t === 9 ? 12 : 0 }),
    (t) => ({ n: 900, bad: t === 9 ? 9 : 1 }),
  )
  const silent = play(
    60,
    (t) => (t >= 6 && t < 9 ? null : { n: 100 }),
    (t) => (t >= 6 && t < 9 ? null : { n: 900, bad: 1 }),
  )

  expect(calm).toMatchObject({ verdict: 'pass', at: 18 })
  // Minute 9 stands out: fifteen calm minutes after it, and three until they are settled.
  expect(burst).toMatchObject({ verdict: 'pass', at: 10 + 15 + 3 })
  // Fourteen of fifteen minutes must have data: of minutes 6, 7 and 8 only the last may still be among them.
  expect(silent).toMatchObject({ verdict: 'pass', at: 8 + 15 + 3 })
})

test('an incident that both versions share holds the rollout and rolls nothing back', () => {
  const shared = (n: number) => (t: number) => ({ n, bad: t >= 5 && t < 15 ? Math.round(n * 0.05) : 0 })
  const end = play(60, shared(100), shared(900))

  expect(end).toMatchObject({ verdict: 'environment-hold', because: 'control-outside-its-limits', signal: null })
})

test('a limit is judged without a control, too', () => {
  const end = play(
    60,
    () => ({ n: 100, bad: 4 }),
    () => null,
    { ...plan, stages: [{ share: 1, soak: 30 }] },
  )

  expect(end).toMatchObject({ verdict: 'rollback', because: 'limit-broken', signal: 'errors' })
})

test('slower requests of the canary are found by their distribution', () => {
  const judge = new RolloutJudge(plan)
  const arm = (n: number, above: readonly number[], ms: number) => ({ n, above, sum: n * ms })
  const verdicts = Array.from({ length: 15 }, (_, t) => {
    judge.put(0, t, arm(100, [0], 0), arm(900, [0], 0))
    judge.put(1, t, arm(100, [70, 4], 190), arm(900, [450, 9], 120))
    return judge.decide(t + 1, [0])
  })
  const end = verdicts.find(({ verdict }) => verdict !== 'extend')

  expect(end).toMatchObject({ verdict: 'rollback', because: 'canary-worse-than-control', signal: 'load' })
})

test('no data is never a pass: no canary traffic is told, silence freezes', () => {
  expect(play(60, () => null, few(900, 1))).toMatchObject({
    verdict: 'no-canary-traffic',
    because: 'flag-reaches-nobody',
  })
  expect(
    play(
      60,
      () => null,
      () => null,
    ),
  ).toMatchObject({ verdict: 'freeze', because: 'no-fresh-data', at: 5 })
  expect(new RolloutJudge(plan).decide(3, [0], 'access denied')).toMatchObject({ verdict: 'freeze' })
})

test('what was proven against a canary stands when the data end, but not on data that cannot be trusted', () => {
  const judge = new RolloutJudge(plan)
  for (let t = 0; t < 12; t++) {
    judge.put(0, t, t < 6 ? { n: 100, above: [20], sum: 0 } : null, t < 6 ? { n: 900, above: [0], sum: 0 } : null)
    judge.put(1, t, null, null)
  }
  expect(judge.decide(12, [0])).toMatchObject({ verdict: 'rollback', because: 'canary-worse-than-control' })
  expect(judge.decide(12, [0], 'access denied')).toMatchObject({ verdict: 'freeze', because: 'no-fresh-data' })
})

test('a canary that gets three times its share is a broken flag', () => {
  expect(play(60, few(300, 5), few(700, 1))).toMatchObject({ verdict: 'no-canary-traffic', because: 'share-is-off' })
})

test('few requests extend the stage and end in what the plan says about the unproven', () => {
  const sparse = (judged: JudgePlan) =>
    play(
      90,
      () => ({ n: 1 }),
      () => ({ n: 9 }),
      judged,
    )

  expect(sparse(plan)).toMatchObject({ verdict: 'budget', budget: 'promote-unproven', at: 45 })
  expect(sparse({ ...plan, onInconclusive: 'hold' })).toMatchObject({ verdict: 'budget', budget: 'hold', at: 45 })
})

test('a spent budget with values outside a limit holds, whatever the plan says', () => {
  const end = play(
    90,
    (t) => ({ n: 2, bad: t % 20 === 0 ? 1 : 0 }),
    (t) => ({ n: 18, bad: t % 3 === 0 ? 1 : 0 }),
    {
      ...plan,
      signals: [shareSignal('errors', 0.01)],
    },
  )
  expect(end).toMatchObject({ verdict: 'budget', budget: 'hold', because: 'outside-a-limit', at: 45 })
})

test('minutes that come late count as if they had been there: the decision is a function of the data', () => {
  const arm = fc.record({ n: fc.integer({ min: 0, max: 60 }), bad: fc.integer({ min: 0, max: 3 }) })
  const minute = fc.record({ canary: arm, control: arm, early: arm })
  fc.assert(
    fc.property(fc.array(minute, { minLength: 20, maxLength: 40 }), (minutes) => {
      const late = new RolloutJudge(plan)
      const whole = new RolloutJudge(plan)
      minutes.forEach(({ canary, control, early }, t) => {
        put(late, t, early, null)
        late.decide(t + 1, [0])
        const known = minutes[t - 4]
        if (known) put(late, t - 4, known.canary, known.control)
        put(whole, t, canary, control)
      })
      minutes.slice(-4).forEach(({ canary, control }, k) => put(late, minutes.length - 4 + k, canary, control))
      const begun = [0, 12]
      expect(late.decide(minutes.length, begun)).toEqual(whole.decide(minutes.length, begun))
    }),
    { numRuns: 60 },
  )
})

test('a rollout of five hours is judged by all its minutes, looked at all along or once', () => {
  const minutes = 300
  const bursts = (t: number) => ({ n: 100, bad: t === 140 || t === 290 ? 9 : t % 5 === 0 ? 1 : 0 })
  const control = (t: number) => ({ n: 900, bad: t >= 200 && t < 210 ? 60 : 2 })
  const begun = [0, 100, 250]
  for (const signals of [plan.signals, [shareSignal('errors', 0.01), banded]]) {
    const [along, once] = [new RolloutJudge({ ...plan, signals }), new RolloutJudge({ ...plan, signals })]
    for (let t = 0; t < minutes; t++) {
      put(along, t, bursts(t), control(t))
      put(once, t, bursts(t), control(t))
      along.decide(t + 1, begun)
    }
    const decision = once.decide(minutes, begun)
    expect(decision.clock).toMatchObject({ from: 250, elapsed: 47, calm: 6 })
    // Without the ten minutes of the incident, and the four before and after that its windows of five reach.
    expect(decision.findings[0]?.limits[0]).toMatchObject({ n: 27_900 })
    expect(along.decide(minutes, begun)).toEqual(decision)
  }
})

/** At most 5 % above the first cut; 5 % above the second is a reason to roll back. */
const banded = latencySignal('load', 2, { slow: { cut: 0, share: 0.6, rollback: { cut: 1, share: 0.05 } } })

test('an old version that is outside the first limit excuses nothing of a looser one to roll back by', () => {
  // Two thirds of the control's requests are above the first cut, none above the second: the environment holds, yet the
  // new version's tail is its own.
  const judged = { ...plan, stages: [{ share: 1, soak: 30 }], signals: [shareSignal('errors', 0.01), banded] }
  const tail = (share: number, controls: number) => {
    const judge = new RolloutJudge(judged)
    for (let t = 0; t < 20; t++) {
      judge.put(0, t, { n: 100, above: [0], sum: 0 }, { n: 900, above: [0], sum: 0 })
      const [own, other] = [Math.round(100 * share), Math.round(900 * controls)]
      judge.put(1, t, { n: 100, above: [66, own], sum: 0 }, { n: 900, above: [600, other], sum: 0 })
    }
    return judge.decide(20, [0])
  }
  expect(tail(0.02, 0)).toMatchObject({ verdict: 'environment-hold' })
  expect(tail(0.3, 0)).toMatchObject({ verdict: 'rollback', signal: 'load' })
  expect(tail(0.3, 0.3)).toMatchObject({ verdict: 'environment-hold' })
  expect(tail(0.3, 0).findings[1]?.limits[0]?.rollback).toMatchObject({ n: 1700, bad: 510, outside: true })
})

test('a mean of too few events is no pass', () => {
  const averages = { ...plan, signals: [{ ...latencySignal('load', 2, { average: 200 }), limits: [] }] }
  const judged = (n: number) => {
    const judge = new RolloutJudge(averages)
    for (let t = 0; t < 18; t++)
      judge.put(0, t, { n, above: [0, 0], sum: n * 120 }, { n: 9 * n, above: [0, 0], sum: 0 })
    return judge.decide(18, [0])
  }

  expect(judged(3)).toMatchObject({ verdict: 'extend', because: 'not-proven-yet' })
  expect(judged(4)).toMatchObject({ verdict: 'pass' })
})

test('a decision is plain data', () => {
  const { at, ...end } = play(
    60,
    () => ({ n: 100, bad: 10 }),
    () => ({ n: 900, bad: 3 }),
  )

  expect(at).toBe(2)
  expect(JSON.parse(JSON.stringify(end))).toEqual(end)
})
