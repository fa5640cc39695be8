import { expect, test } from 'vitest'
import { next, readyToRaise } from '../support/core-launch.ts'

test('a rebuild that was killed after its phase had passed is ended before the launch goes on', () => {
  const told = readyToRaise()
  expect(next(told)).not.toMatchObject({ effect: { step: { id: 'staging/build' } } })
  told.add({ type: 'step-intended', step: 'staging/build', attempt: 'again' })
  expect(next(told)).toMatchObject({ type: 'effect', effect: { type: 'run-step', step: { id: 'staging/build' } } })
})
