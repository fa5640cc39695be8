import { describe, expect, test } from 'vitest'
import { parseSweep, sweptCheck, withLimit } from '../../src/engine/limit-sweep.ts'
import { canaryOf, planOf } from '../support/backtests.ts'

const plan = planOf()
const step = canaryOf(plan)
const gate = step.gate ?? { id: '', environment: '', checks: [], patienceMs: 0, everyMs: 0 }
const gateOf = (limit: string, check: string) => canaryOf(withLimit(plan, step, sweptCheck(gate, check), limit)).gate

test('a range is so many limits, both ends included, in the unit it was written in', () => {
  expect(parseSweep('slo.errors=0.5%..2%', 4)).toEqual({ check: 'slo.errors', limits: ['0.5%', '1%', '1.5%', '2%'] })
  expect(parseSweep('board-p95=600..800ms', 3).limits).toEqual(['600ms', '700ms', '800ms'])
  expect(parseSweep('canary/conflicts=10..30', 3).limits).toEqual(['10', '20', '30'])
  expect(parseSweep('error-rate=1%..2%', 1).limits).toEqual(['1%'])
})

test.each(['', 'errors', 'errors=1%', 'errors=1%..', '=1%..2%', 'errors=1%..2ms', 'errors=..2%', 'errors=1..2..3'])(
  '"%s" is no range',
  (text) => {
    expect(() => parseSweep(text, 7)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

describe('a check', () => {
  test.each([
    ['error-rate', 'error-rate'],
    ['canary.error-rate', 'error-rate'],
    ['slo/error-rate', 'error-rate'],
    ['slo.errors', 'error-rate'],
    ['board-load', 'board-p95'],
    ['conflicts', 'conflicts'],
  ])('%s is %s', (name, id) => {
    expect(sweptCheck(gate, name).id).toBe(id)
  })

  test.each(['latency', 'conflict-spike', 'slo.'])(
    '%s is none with a limit, and the ones that have one are named',
    (name) => {
      expect(() => sweptCheck(gate, name)).toThrow(
        expect.objectContaining({
          code: 'NOT_FOUND',
          hint: 'it has board-p95, drawer-average, error-rate, conflicts',
        }),
      )
    },
  )
})

describe('a limit', () => {
  test('is read as the run sheet reads it, and the title says it', () => {
    expect(gateOf('0.5%', 'error-rate')?.checks.find(({ id }) => id === 'error-rate')).toMatchObject({
      title: 'errors / requests < 0.5%',
      spec: { below: 0.005 },
    })
    expect(gateOf('600ms', 'board-p95')?.checks.find(({ id }) => id === 'board-p95')?.spec).toMatchObject({
      below: { value: 600, unit: 'ms' },
    })
    expect(gateOf('25', 'conflicts')?.checks.find(({ id }) => id === 'conflicts')?.spec).toMatchObject({ below: 25 })
  })

  test('changes nothing else of the plan', () => {
    const swept = gateOf('0.5%', 'error-rate')
    expect(swept?.checks.filter(({ id }) => id !== 'error-rate')).toEqual(
      gate.checks.filter(({ id }) => id !== 'error-rate'),
    )
  })

  test.each([
    ['error-rate', '800ms'],
    ['error-rate', '200%'],
    ['conflicts', '1%'],
    ['conflicts', '0'],
  ])('of %s is never %s', (check, limit) => {
    expect(() => gateOf(limit, check)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  })
})
