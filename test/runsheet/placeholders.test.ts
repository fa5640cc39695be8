import { expect, test } from 'vitest'
import { placeholderLine } from '../../src/commands/placeholders.ts'
import { placeholderError, placeholdersOf } from '../../src/runsheet/placeholders.ts'

test('finds the marks in comments, and nothing in values', () => {
  const text = [
    'captain: "# TODO not this" # TODO who leads',
    'note: |',
    '  # TODO nor this',
    'app: a#TODO',
    '# TODO: the rest',
    'x: 1 #TODO\r',
    'y: 2 # TODOS are another word',
    '',
    'z: 3 # TODO a\u2028b',
    'w: 4  # TODO  last ',
  ].join('\n')
  expect(placeholdersOf(text).map(({ line, col, what }) => [line, col, what])).toEqual([
    [1, 28, 'who leads'],
    [5, 1, 'the rest'],
    [6, 6, ''],
    [9, 6, 'a\u2028b'],
    [10, 7, 'last'],
  ])
})

test('marks of a sheet that is nothing else are counted in time that grows with it', () => {
  const text = `a: 1\n${'#TODO\n'.repeat(41_000)}`
  const before = process.cpuUsage()
  const found = placeholdersOf(text)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1500)
  expect(found).toHaveLength(41_000)
  expect(found.at(-1)).toMatchObject({ line: 41_001, col: 1, source: '#TODO' })
})

test('of many marks the first are named, and the rest is a number', () => {
  const placeholders = placeholdersOf('#TODO\n'.repeat(41_000))
  const line = placeholderLine({ runsheet: 'runsheet.yaml', placeholders })
  expect(line).toMatch(/marked TODO: lines 1, 2, .*, 19, 20 and 40980 more; outside/)
  expect(placeholderLine({ runsheet: 'runsheet.yaml', placeholders: placeholders.slice(0, 1) })).toContain(': line 1;')
  expect(placeholderError('runsheet.yaml', placeholders).message).toMatch(/\nand 40980 more$/)
})

test('the refusal names every place', () => {
  const error = placeholderError('runsheet.yaml', placeholdersOf('a: 1 # TODO one\nb: 2 # TODO two\n'))
  expect(error).toMatchObject({ code: 'RUNSHEET_INVALID', exitCode: 2, at: { line: 1, col: 6 } })
  expect(error.message).toMatch(/runsheet\.yaml:1:6 .*one[\s\S]*runsheet\.yaml:2:6 .*two/)
})
