import { describe, expect, test } from 'vitest'
import type { CheckResult } from '../../src/core/event.ts'
import type { Replay } from '../../src/engine/replay-rollout.ts'
import { at, canaryOf, everybodys, lasted, minuteMs, planOf, quiet, replay, toldApart } from '../support/backtests.ts'

// Every minute is enough to look: half of them say the same.
const rarely = (sheet: string) => sheet.replace('every: 30s', 'every: 60s')
const plan = planOf(rarely)
const plain = planOf((sheet) =>
  rarely(sheet).replace('extendUpTo: 3x, gate: canary', 'extendUpTo: 3x, judge: threshold, gate: canary'),
)

describe('the stages of the run sheet on a quiet day', () => {
  test('are all passed, each after its bake and what its metrics take to settle', () => {
    const found = replay(plan, everybodys(90))

    expect(found).toMatchObject({ ended: 'promoted', stage: 100 })
    // Bake 10 m and a lag of 2 m, four times.
    expect(found.shifts.map(({ percent, at: raised }) => [percent, (raised - at(0)) / minuteMs])).toEqual([
      [10, 0],
      [30, 12],
      [50, 24],
      [100, 36],
    ])
    expect(lasted(found)).toBe(48)
  })

  test('the same recording gives the same replay, event by event; another seed deals another canary', () => {
    const short = (seed: string) => replay(plan, everybodys(16), { seed, endsAt: at(15) })
    const [once, again, other] = [short('1'), short('1'), short('2')]
    expect(JSON.stringify(again)).toBe(JSON.stringify(once))
    expect(JSON.stringify(other.events)).not.toBe(JSON.stringify(once.events))
  })

  test('a recording that is too short is not decided, and nothing is made up', () => {
    expect(replay(plan, everybodys(30), { endsAt: at(30) })).toMatchObject({
      ended: 'undecided',
      stage: 50,
      why: 'the recording ends there',
    })
  })
})

test('a look sees no minute that is not over yet, and none from before its stage', () => {
  const found = replay(plan, everybodys(40), { endsAt: at(30) })
  const looks = found.events.filter((event) => event.type === 'gate-judged')
  const seen = looks.flatMap(({ evidence, window }) =>
    Object.values(evidence).flatMap((finding) => {
      const value = finding.status === 'seen' ? finding.value : null
      // Every need of this gate is about minutes or a window.
      const { minutes = {} } = value as { minutes?: { [arm: string]: readonly { start: number }[] } }
      return Object.values(minutes).flatMap((list) => list.map(({ start }) => ({ start, window })))
    }),
  )

  expect(seen.length).toBeGreaterThan(1000)
  expect(seen.every(({ start, window }) => start >= window.from && start + minuteMs <= window.to)).toBe(true)
})

test('a hold is a hold, also where the recording ends before its time is up', () => {
  const nobody = () => ({ ...quiet, requests: null, errors: null, loads: 0 })
  const [whole, cut] = [200, 35].map((end) => replay(plan, everybodys(200, nobody), { endsAt: at(end) }))

  expect(whole).toMatchObject({ ended: 'held', stage: 10 })
  expect(cut).toMatchObject({ ended: 'held', at: whole?.at, why: whole?.why })
})

describe('a regression', () => {
  test('that is injected is stopped in the first stage within minutes', () => {
    const found = replay(plan, everybodys(90), { inject: { bad: 'errors', all: 'requests', share: 0.02 } })

    expect(found).toMatchObject({ ended: 'stopped', stage: 10 })
    expect(found.why).toMatch(/^Error rate < 1% at 10 %: .* against .* in the old version/)
    expect(lasted(found)).toBeLessThanOrEqual(5)
  })

  test('of the latency that is injected is stopped, and says which limit it is about', () => {
    const found = replay(plan, everybodys(90), { inject: { slow: 'board-load', factor: 8 } })

    expect(found).toMatchObject({ ended: 'stopped', stage: 10 })
    expect(found.why).toMatch(/^Board load p95 < 800ms/)
  })

  test('is stopped where the recorded shifts bring it, and later ones do not matter', () => {
    const shifts = [
      { percent: 10, at: at(0) },
      { percent: 30, at: at(15) },
    ]
    const broken = toldApart(40, shifts, (minute) => (minute < 15 ? quiet : { ...quiet, errors: 900 }))

    const found = replay(plan, broken, { shifts })
    expect(found).toMatchObject({ ended: 'stopped', stage: 30, shifts })
    expect(lasted(found)).toBeLessThanOrEqual(18)
  })

  test('of both versions is none: the canary waits for it to be over', () => {
    const outage = everybodys(120, (minute) => (minute >= 14 && minute < 20 ? { ...quiet, errors: 300 } : quiet))
    const found = replay(plan, outage)

    expect(found.ended).toBe('promoted')
    expect(lasted(found)).toBeGreaterThan(48)
  })
})

describe('the evidence is what it was', () => {
  const shifts = [
    { percent: 10, at: at(0) },
    { percent: 30, at: at(5) },
  ]

  test('a launch that went on before this run sheet would have is not decided after that', () => {
    expect(
      replay(
        plan,
        toldApart(40, shifts, () => quiet),
        { shifts },
      ),
    ).toMatchObject({
      ended: 'undecided',
      stage: 10,
      why: 'the recorded launch went on to 30 % there',
    })
  })

  test('one that was rolled back before is not decided either', () => {
    const ended = [
      { percent: 10, at: at(0) },
      { percent: 0, at: at(4) },
    ]
    expect(
      replay(
        plan,
        toldApart(40, ended, () => quiet),
        { shifts: ended },
      ),
    ).toMatchObject({
      ended: 'undecided',
      why: 'the recorded launch was rolled back there',
    })
  })

  test('a stage that was never recorded is said', () => {
    const only = [{ percent: 10, at: at(0) }]
    expect(
      replay(
        plan,
        toldApart(40, only, () => quiet),
        { shifts: only },
      ),
    ).toMatchObject({
      ended: 'undecided',
      why: 'the recording was never at 30 % from then on',
    })
  })
})

describe('at the edges', () => {
  test('no request of anybody never promotes: it is held when its time is up', () => {
    const found = replay(
      plan,
      everybodys(200, () => ({ ...quiet, requests: null, errors: null, loads: 0 })),
    )
    expect(found).toMatchObject({ ended: 'held', stage: 10 })
  })

  test('requests that are counted as zero never promote, and nothing is divided by them', () => {
    const found = replay(
      plan,
      everybodys(200, () => ({ ...quiet, requests: 0, errors: 0, loads: 0 })),
    )
    expect(found.ended).toBe('held')
    expect(JSON.stringify(found.events)).not.toMatch(/NaN|Infinity/)
    expect(checksOf(found).flatMap(({ judgement }) => judgement.why)).not.toContain(expect.stringMatching(/NaN/))
  })

  test('no error in any minute passes while requests vouch for the zeros', () => {
    expect(
      replay(
        plan,
        everybodys(90, () => ({ ...quiet, errors: null })),
      ),
    ).toMatchObject({ ended: 'promoted' })
  })

  test('no error in any minute passes nothing where the requests are missing, too', () => {
    const found = replay(
      plan,
      everybodys(200, () => ({ ...quiet, requests: null, errors: null })),
    )
    expect(found.ended).toBe('held')
    expect(found.why).toContain('Error rate < 1%')
  })

  // A twentieth of the samples is where p95 is no longer below the limit; 799.999, 800 and 800.001 ms are told apart by the
  // count above the cut (test/gates/percentile.test.ts).
  test.each([
    [59, false],
    [60, true],
    [61, true],
  ])('%d of 1,200 loads of the canary at or above 800 ms fail p95 < 800 ms: %s', (slow, fails) => {
    const shifts = [{ percent: 10, at: at(0) }]
    const metrics = toldApart(
      12,
      shifts,
      () => ({ ...quiet, loads: 12_000, slow: slow * 10 }),
      () => quiet,
    )
    const found = replay(plain, metrics, { shifts, endsAt: at(9) })

    expect(checksOf(found).some(({ id, judgement }) => id === 'board-p95' && judgement.verdict === 'fail')).toBe(fails)
  })

  // The clock-aligned five minutes 0–4 and 5–9 hold half each. Only the canary has them; the rule of the sheet holds first.
  test.each([
    [29, false],
    [30, true],
    [31, true],
  ])('%d conflicts of the canary across the edge of five minutes fail the limit of 30: %s', (sum, fails) => {
    const shifts = [{ percent: 10, at: at(0) }]
    const burst = (minute: number) => (minute === 4 ? 15 : minute === 5 ? sum - 15 : 0)
    const metrics = toldApart(12, shifts, (minute) => ({ ...quiet, conflicts: burst(minute) * 10 }))
    const found = replay(plan, metrics, { shifts, endsAt: at(9) })

    expect(checksOf(found).some(({ id, judgement }) => id === 'conflicts' && judgement.verdict === 'fail')).toBe(fails)
  })

  test('a check without a metric has no evidence, so nothing is promoted on it', () => {
    const asking = planOf((sheet) =>
      rarely(sheet).replace(
        '  canary:\n    - { use: slo }',
        '  canary:\n    - { use: slo }\n    - { kind: alarms, id: quiet-alarms, names: [statusboard-slo] }',
      ),
    )
    expect(replay(asking, everybodys(200)).ended).toBe('held')
  })
})

test('a threshold judge is replayed as it judges live', () => {
  const found = replay(
    plain,
    everybodys(90, () => ({ ...quiet, errors: 59 })),
  )
  expect(found.ended).not.toBe('undecided')
  expect(found.events.some((event) => event.type === 'gate-judged' && event.saying !== undefined)).toBe(false)
  expect(canaryOf(plain).gate?.checks.length).toBe(canaryOf(plan).gate?.checks.length)
})

function checksOf(found: Replay): readonly CheckResult[] {
  return found.events.flatMap((event) => (event.type === 'gate-judged' ? event.checks : []))
}
