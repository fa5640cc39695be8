import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'

const Lock = z.object({
  packages: z.record(z.string(), z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() })),
})

// npm leaves out what its registry did not have when the lock was written, and `npm ci` then refuses the lock elsewhere.
test('the lock holds the binaries of every platform, so npm ci works on each', async () => {
  const { packages } = Lock.parse(
    JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8')),
  )
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))

  expect(wanted.length).toBeGreaterThan(50)
  expect(wanted.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([])
})
