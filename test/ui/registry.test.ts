import { expect, test } from 'vitest'
import { reporterKind, reporterKinds } from '../../src/ui/registry.ts'

test('every reporter is found by its own name, which no other has', () => {
  expect(new Set(reporterKinds.map(({ name }) => name)).size).toBe(reporterKinds.length)
  for (const kind of reporterKinds) expect(reporterKind(kind.name)).toBe(kind)
})

test('only results go to stdout', () => {
  expect(reporterKinds.filter(({ stream }) => stream === 'stdout').map(({ name }) => name)).toEqual(['jsonl'])
})
