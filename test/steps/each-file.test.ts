import { expect, test } from 'vitest'
import { eachFile } from '../../src/steps/each-file.ts'

const breathe = () => new Promise((resolve) => setImmediate(resolve))

test('no more bytes are under way than may be, a file larger than all of them goes alone, and none is left out', async () => {
  const files = [5, 90, 300, 60, 40, 1, 99, 20].map((bytes, n) => ({ bytes, n }))
  const done: number[] = []
  let [now, most, count] = [0, 0, 0]
  await eachFile(
    files,
    async ({ bytes, n }) => {
      now += bytes
      count += 1
      if (count > 1) most = Math.max(most, now)
      await breathe()
      now -= bytes
      count -= 1
      done.push(n)
    },
    { files: 4, bytes: 100 },
  )
  expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  expect(most).toBeLessThanOrEqual(100)
})

test('a failure wakes those who wait for bytes, and they begin nothing', async () => {
  const begun: number[] = []
  const files = [100, 100, 100].map((bytes, n) => ({ bytes, n }))
  const work = async ({ n }: { readonly n: number }) => {
    begun.push(n)
    await breathe()
    throw new Error(`no ${n}`)
  }
  await expect(eachFile(files, work, { files: 3, bytes: 100 })).rejects.toThrow('no 0')
  expect(begun).toEqual([0])
})
