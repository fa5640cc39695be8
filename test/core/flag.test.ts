import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mayReplace, type FlagState } from '../../src/core/flag.ts'
import { flagAt } from '../contract/flag-store.contract.ts'

const anyFlag: fc.Arbitrary<FlagState> = fc
  .record({
    percent: fc.integer({ min: 0, max: 100 }),
    serial: fc.nat({ max: 3 }),
    writeId: fc.constantFrom('a', 'b', 'c'),
    latched: fc.boolean(),
    acks: fc.subarray(['a', 'b', 'c']),
  })
  .map(({ percent, ...more }) => flagAt(percent, more))

test('a latched document wins over any other, and only what acknowledges it goes over it', () => {
  fc.assert(
    fc.property(anyFlag, anyFlag, (current, next) => {
      const goesOver = current.latched ? next.acks.includes(current.writeId) : next.serial > current.serial
      expect(mayReplace(current, next)).toBe(next.latched || goesOver)
    }),
  )
})
