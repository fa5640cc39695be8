import { describe, expect, test } from 'vitest'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

describe('text that is no YAML is refused before anything is read from it', () => {
  const bomb = Array.from(
    { length: 5 },
    (_, level) =>
      `l${level}: &l${level} [${Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*l${level - 1}`)).join(', ')}]`,
  )
  test.each([
    [
      'an open bracket',
      smallSheet.replace('health: [/api/health] }', 'health: [/api/health }'),
      'runsheet.yaml:6:103 a bracket above this line is not closed',
      'close it',
    ],
    [
      'a key twice',
      smallSheet.replace('app: demo', 'app: demo\napp: other'),
      'runsheet.yaml:3:1 the key "app" is here twice',
      'keep one of the two',
    ],
    ['aliases that multiply', bomb.join('\n'), 'runsheet.yaml:2:10 aliases repeat too much', 'write the values out'],
    ['nothing at all', '', 'runsheet.yaml:1:1 the run sheet is empty', 'launch init writes one'],
    ['only a comment', '# soon\n', 'runsheet.yaml:1:1 the run sheet is empty', 'launch init writes one'],
    ['tabs', smallSheet.replace('  staging:', '\tstaging:'), 'runsheet.yaml:5:1 a tab is used to indent', 'use spaces'],
    [
      'deep lists',
      `a: ${'['.repeat(5000)}`,
      'runsheet.yaml:1:36 lists and maps are nested too deep here',
      'a run sheet needs no more',
    ],
    ['deep items', '- '.repeat(5000), 'runsheet.yaml:1:200 this line is indented too far', 'a run sheet needs no more'],
    [
      'a huge file',
      `${smallSheet}#${'x'.repeat(300_000)}`,
      'runsheet.yaml:1:1 the run sheet has',
      'keep it under 262144',
    ],
    [
      'two documents',
      `${smallSheet}---\na: 1\n`,
      'runsheet.yaml:22:1 a second document starts here',
      'keep one run sheet in a file',
    ],
  ])('%s', (_name, text, message, hint) => {
    const error = refusal(text)
    expect(error.message).toContain(message)
    expect(error.message).toContain(hint)
    expect(error.code).toBe('RUNSHEET_SYNTAX')
    expect(error.at).not.toBeNull()
  })
})
