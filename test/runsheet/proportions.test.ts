import { expect, test } from 'vitest'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

/** The sheet with a check that bounds a metric by so much of what it was before. */
const atMost = (value: string) =>
  smallSheet.replace(
    'below: 800ms }',
    `below: 800ms }\n    - { kind: baseline, metric: board-load, statistic: average, atMost: ${value} }`,
  )

test.each([
  ['2', 'atMost: "2" has no percent sign', 'write it like 100% or 110%'],
  ['"2"', 'atMost: "2" is not a percentage of the baseline', 'write it like 100% or 110%'],
  ['twice', 'atMost: "twice" is not a percentage of the baseline', 'write it like 100% or 110%'],
])('a proportion that is %s is told how to be written', (value, wrong, hint) => {
  const { message } = refusal(atMost(value))
  expect(message).toContain(wrong)
  expect(message).toContain(hint)
})
