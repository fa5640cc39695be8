import { expect, test } from 'vitest'
import { judgeMethod, plan } from '../../bench/decisions/ours.ts'
import { rollOut } from '../../bench/decisions/rollout.ts'
import { scenarios } from '../../bench/decisions/scenarios.ts'
import { wired } from '../../bench/decisions/wired.ts'

// What the benchmark measures is the judge by itself; a run sheet's canary has it behind checks, needs and evidence per stage.
const alone = judgeMethod('alone', plan)
const early = scenarios.filter(({ name }) => ['+10 points', '+60 % latency', '+10 points, delay'].includes(name))
const whole = scenarios.filter(({ name }) =>
  ['none', 'blip, shared', '+2 points', 'zero canary traffic'].includes(name),
)

test.each(early)('$name is stopped in the same minute behind a gate as by the judge alone', (scenario) => {
  for (const seed of [1, 2, 3]) {
    const [bare, gated] = [alone, wired].map((method) => rollOut(method, scenario, 300, 7, seed))
    expect(gated).toMatchObject({ end: 'rolled-back', minutes: bare?.minutes, exposed: bare?.exposed })
  }
})

test.each(whole)('$name ends the same way behind a gate as by the judge alone', (scenario) => {
  for (const seed of [1, 2]) {
    const [bare, gated] = [alone, wired].map((method) => rollOut(method, scenario, 300, 11, seed))
    expect(gated?.end).toBe(bare?.end)
  }
})
