import { expect, test } from 'vitest'
import { nameOf } from '../../src/core/person.ts'

test.each([
  ['Ana Lima <ana@example.com>', 'Ana Lima'],
  ['Ana Lima<ana@example.com>  ', 'Ana Lima'],
  ['Ana  <>', 'Ana'],
  ['Ana <a> Lima <ana@example.com>', 'Ana <a> Lima'],
  ['Ana <ana@example.com> of QA', 'Ana <ana@example.com> of QA'],
  ['<ana@example.com>', '<ana@example.com>'],
  ['ci', 'ci'],
])('%s is %s to a reader', (by, name) => {
  expect(nameOf(by)).toBe(name)
})
