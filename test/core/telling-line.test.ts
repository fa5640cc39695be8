import { describe, expect, test } from 'vitest'
import { tellingLine } from '../../src/core/telling-line.ts'

describe('the line that says why a program failed', () => {
  test('is the last that speaks of an error, not the version line a runtime puts below it', () => {
    expect(tellingLine('building\nerror: no such file app.ts\n    at build (x.mjs:1)\n\nNode.js v20.20.2\n')).toBe(
      'error: no such file app.ts',
    )
  })

  test('is the last line when none does', () => {
    expect(tellingLine('one\ntwo\n\n')).toBe('two')
    expect(tellingLine('')).toBe('')
    expect(tellingLine('  one \r\n\t two \r\n')).toBe('two')
  })
})
