import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { mutants } from './mutants.ts'
import { prng } from './prng.ts'
import { regressions } from './regressions.ts'
import { runSeed } from './run-seed.ts'
import { scheduler } from './scheduler.ts'
import { compilePlans } from './sheet.ts'

const plans = compilePlans()

test('launches keep every promise in worlds that go wrong, each in its own way', async () => {
  const violating: string[] = []
  for (let seed = 1; seed <= 100; seed += 1) {
    const { violations } = await runSeed(seed, plans)
    violating.push(...violations.map(({ invariant, what }) => `seed ${seed}: ${invariant} ${what}`))
  }
  expect(violating).toEqual([])
}, 120_000)

test('what a seed once found stays mended', async () => {
  for (const { seed, found } of regressions) expect((await runSeed(seed, plans)).violations, found).toEqual([])
}, 60_000)

test('the same seed is the same story, event by event', async () => {
  for (let seed = 1; seed <= 15; seed += 1) {
    const [first, second] = [await runSeed(seed, plans), await runSeed(seed, plans, { keepTrace: true })]
    expect(second.hash, `seed ${seed}`).toBe(first.hash)
    expect(second.lines.length).toBeGreaterThan(50)
  }
}, 60_000)

test('two seeds are two stories', async () => {
  const hashes = new Set<string>()
  for (let seed = 1; seed <= 10; seed += 1) hashes.add((await runSeed(seed, plans)).hash)
  expect(hashes.size).toBe(10)
})

test('virtual time runs in order, and a tie falls as the seed says', async () => {
  const orderOf = async (seed: number) => {
    const time = scheduler(prng(seed))
    const order: string[] = []
    for (const name of ['a', 'b', 'c', 'd', 'e']) time.at(10, () => order.push(name))
    time.at(5, () => order.push('early'))
    time.at(20, () => order.push('late'))
    await time.run({ untilMs: 15, steps: 100 })
    return order
  }
  const orders = await Promise.all([1, 2, 3, 4, 5, 6].map(orderOf))
  for (const order of orders) {
    expect(order[0]).toBe('early')
    expect(order.slice(1).sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
  }
  expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(3)
})

test('every mutant has a name of its own and finds its places in the source', async () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  const lost: string[] = []
  for (const { name, changes } of mutants) {
    for (const { file, find } of changes) {
      const times = (await readFile(file, 'utf8')).split(find).length - 1
      if (times !== 1) lost.push(`${name}: ${times} times in ${file}: ${find}`)
    }
  }
  expect(lost).toEqual([])
})
