import { expect, test } from 'vitest'
import { looksSecret, masked } from '../../src/runsheet/secrets.ts'

const token = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.`

test.each([token, `Bearer ${token}sig`, `k=${token}`, `"${token}`])(
  'a JSON Web Token is known by its look: %s',
  (text) => {
    expect(looksSecret(text)).toBe(true)
    expect(masked(text)).not.toContain('eyJ')
    expect(masked(text)).toHaveLength(text.length)
  },
)

test.each([
  ['beginnings of a token', 'eyJ-'.repeat(60_000)],
  ['beginnings of one whose end is missing', `${'eyJ-'.repeat(30_000)}.eyJ${'a'.repeat(120_000)}`],
  ['beginnings of keys', '-----BEGIN '.repeat(22_000)],
  ['key ids in a row', 'AKIA'.repeat(60_000)],
])('%s are looked through in time that grows with the text', (_what, text) => {
  const before = process.cpuUsage()
  expect(looksSecret(text)).toBe(false)
  expect(masked(text)).toBe(text)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
})
