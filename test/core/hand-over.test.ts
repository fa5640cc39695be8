import { expect, test } from 'vitest'
import { handedOver, handOverIn } from '../../src/core/hand-over.ts'

test('what stopped a run says to whom it was handed over and why; a signal says nothing of the kind', () => {
  expect(handOverIn(String(handedOver('Ana', 'my shift ends').cause))).toBe('Ana: my shift ends')
  expect(handOverIn(String(handedOver('Ana', '').cause))).toBe('Ana')
  expect(handOverIn('SIGTERM')).toBeNull()
  expect(handOverIn('Ctrl-C')).toBeNull()
})
