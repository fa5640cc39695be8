import { expect, test } from 'vitest'
import { backoffMs, controlRetry, retrying } from '../../src/aws/retry.ts'
import { never, noWait } from '../support/real-time.ts'

test('waits grow, are capped, and are anywhere below that', () => {
  expect([1, 2, 3, 4, 5, 6, 9].map((attempt) => backoffMs(controlRetry, attempt, 0.999_999))).toEqual([
    99, 199, 399, 799, 1599, 1999, 1999,
  ])
  expect(backoffMs(controlRetry, 9, 0)).toBe(0)
})

test('the last error is thrown as it came, and nothing is tried again that cannot be', async () => {
  const policy = { attempts: 3, baseMs: 1, capMs: 1 }
  const ports = { wait: noWait, unit: () => 0 }
  let calls = 0
  const failing = () => Promise.reject(new Error(`call ${(calls += 1)}`))
  await expect(retrying(failing, () => true, policy, ports, never)).rejects.toThrow('call 3')
  await expect(retrying(failing, () => false, policy, ports, never)).rejects.toThrow('call 4')
})
