import { expect, test } from 'vitest'
import { wait } from '../../src/compose/wait.ts'
import { LaunchError } from '../../src/core/errors.ts'

test('a pause that is cut short says why, before and while it lasts', async () => {
  const why = new LaunchError('UNREACHABLE', 'no answer in 5 ms')
  const over = new AbortController()
  const paused = wait(60_000, over.signal)
  over.abort(why)
  await expect(paused).rejects.toBe(why)
  await expect(wait(60_000, over.signal)).rejects.toBe(why)
  await expect(wait(1, new AbortController().signal)).resolves.toBeUndefined()
})
