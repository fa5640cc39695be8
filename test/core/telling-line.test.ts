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

describe('of a build that Vite gave up', () => {
  const start = ['✗ Build failed in 464ms', 'error during build:', 'Build failed with 1 error:', '']
  const end = [
    '',
    '    at unwrapBindingResult (file:///app/node_modules/rolldown/error.mjs:20:128) {',
    '  errors: [Getter/Setter]',
    '}',
  ]
  const said = (...lines: readonly string[]) => tellingLine([...start, ...lines, ...end].join('\n'))

  test('it is the cause, not what was printed of the error last', () => {
    const caused = ['[builtin:vite-transform] plugin `builtin:vite-transform` threw an error', '', 'Caused by:']
    const trace = ['', 'Stack backtrace:', '   0: <unknown>', '  16: start_thread']
    expect(said(...caused, '    Tsconfig not found /app/tsconfig.json', ...trace)).toBe(
      'Tsconfig not found /app/tsconfig.json',
    )
  })

  test('it is the syntax error with its place', () => {
    const excerpt = ['    ╭─[ src/main.ts:97:11 ]', '    │', ' 97 │ const x = = 3', '────╯']
    expect(said('[builtin:vite-transform] Unexpected token', ...excerpt)).toBe(
      '[builtin:vite-transform] Unexpected token (src/main.ts:97:11)',
    )
  })

  test('a place that the line has is not said twice', () => {
    const line = '/app/main.ts:3:10: ERROR: Expected ";" but found "x"'
    expect(said('[vite:esbuild] Transform failed with 1 error:', line, 'file: /app/main.ts:3:10')).toBe(line)
  })
})

test('the first of several errors is told, not their number', () => {
  const errors = ['api.ts(1,57): error TS5097: no', 'app.ts(2,1): error TS2304: no', '', 'Found 2 errors in 2 files.']
  expect(tellingLine(errors.join('\n'))).toBe('api.ts(1,57): error TS5097: no')
})

test('what npm says of a script is told only where nothing else was said', () => {
  const npm = ['npm error Missing script: "build"', 'npm error', 'npm error To see a list of scripts, run:']
  expect(tellingLine(npm.join('\n'))).toBe('Missing script: "build"')
  expect(tellingLine(['> app@1.0.0 build', 'no space left', ...npm].join('\n'))).toBe('no space left')
})

test('nothing but brackets is told as it is', () => {
  expect(tellingLine('{\n}\n')).toBe('}')
})
