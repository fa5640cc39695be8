import { expect, test } from 'vitest'
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
  ].join('\n')
  expect(placeholdersOf(text).map(({ line, col, what }) => [line, col, what])).toEqual([
    [1, 28, 'who leads'],
    [5, 1, 'the rest'],
    [6, 6, ''],
  ])
})

test('the refusal names every place', () => {
  const error = placeholderError('runsheet.yaml', placeholdersOf('a: 1 # TODO one\nb: 2 # TODO two\n'))
  expect(error).toMatchObject({ code: 'RUNSHEET_INVALID', exitCode: 2, at: { line: 1, col: 6 } })
  expect(error.message).toMatch(/runsheet\.yaml:1:6 .*one[\s\S]*runsheet\.yaml:2:6 .*two/)
})
