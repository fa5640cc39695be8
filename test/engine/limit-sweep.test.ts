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
  expect(parseSweep(' error-rate=1%..1% ', 3)).toEqual({ check: 'error-rate', limits: ['1%'] })
})

test.each(['', 'errors', 'errors=1%', 'errors=1%..', '=1%..2%', 'errors=1%..2ms', 'errors=..2%', 'errors=1..2..3'])(
  '"%s" is no range',
  (text) => {
    expect(() => parseSweep(text, 7)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: `--sweep "${text}" is not a check and a range of limits`,
        hint: 'write it like slo.errors=0.5%..2% or canary.board-p95=600ms..1000ms',
      }),
    )
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

test('a check without a limit is refused by name, and so is a gate in which none has one', () => {
  const named = (checks: typeof gate.checks, name: string) => () => sweptCheck({ ...gate, id: 'canary', checks }, name)
  const without = gate.checks.filter(({ spec }) => !('below' in spec))
  expect(without.length).toBeGreaterThan(0)
  const [first] = without
  if (!first) throw new Error('all of them have one')
  expect(named(gate.checks, first.id)).toThrow(
    expect.objectContaining({ message: `check ${first.id} has no limit below:` }),
  )
  expect(named(gate.checks, 'slo.nothing')).toThrow(
    expect.objectContaining({ message: 'gate canary has no check "nothing" with a limit' }),
  )
  expect(named(without, 'nothing')).toThrow(expect.objectContaining({ hint: 'none of its checks has a limit' }))
  expect(() => withLimit(plan, step, first, '1%')).toThrow(
    expect.objectContaining({ code: 'USAGE', message: `a check of kind ${first.kind} has no limit below:` }),
  )
  expect(() => gateOf('800ms', 'error-rate')).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^"800ms" is no limit for error-rate: ./) }),
  )
})

test('a gate is changed at its own step alone', () => {
  const changed = withLimit(plan, step, sweptCheck(gate, 'error-rate'), '0.5%')
  const others = (of: typeof plan) => of.phases.flatMap(({ steps }) => steps).filter(({ id }) => id !== step.id)
  expect(others(changed)).toEqual(others(plan))
})
