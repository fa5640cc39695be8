import { expect, test } from 'vitest'
import { s3 } from '../../src/flags/s3.ts'

const read = (fields: object) => s3.schema.safeParse({ kind: 's3', path: '/flags/f.json', ...fields })

test('a flag in S3 needs the path users read it at, and is kept by caches for at most five seconds', () => {
  expect(read({}).data).toMatchObject({ path: '/flags/f.json', ttl: 5000 })
  expect(read({ ttl: '1s' }).data).toMatchObject({ ttl: 1000 })
  expect(read({ ttl: '1m' }).error?.issues[0]?.message).toContain('at most 5s')
  for (const path of ['flags/f.json', '/../f', '/a b', '/', 'https://x/f']) expect(read({ path }).success).toBe(false)
})
