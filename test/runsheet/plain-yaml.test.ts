import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { notPlain, plainValue } from '../../src/runsheet/plain-yaml.ts'

/** What YAML says, with numbers as texts: the emergency rollback reads texts only. */
function yamlValue(body: string): unknown {
  const document = parseDocument(body, { strict: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' })
  return document.errors.length > 0 ? 'not YAML' : asTexts(document.toJS())
}

function asTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(asTexts)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTexts(item)]))
}

test('the sections of a usual sheet that a rollback needs are read without a YAML parser', () => {
  const environment = `
    account: "222222222222"  
    region: us-east-1   # where the bucket is
    role: arn:aws:iam::222222222222:role/board-release

    # behind it
    health: [/api/health, /]
    ttl: 60`
  expect(plainValue(environment)).toEqual(yamlValue(environment.replace('"222222222222"', "'222222222222'")))
  expect(plainValue(environment)).toMatchObject({ account: '222222222222', health: ['/api/health', '/'], ttl: '60' })
  expect(plainValue(' s3://board-launches # of all')).toBe('s3://board-launches')
  const sheet = readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
  expect(plainValue(/^flag:(.*)$/m.exec(sheet)?.[1] ?? '')).toMatchObject({
    key: 'status-board-v2',
    store: { kind: 's3' },
  })
})

test.each([
  ' |\n  text',
  ' *anchor',
  ' &a b',
  '\n  a: b\n  a: c',
  '\n  - a',
  ' "a\\n"',
  ' true',
  ' ~',
  ' 0x10',
  ' 1e3',
  ' 1.50',
  ' 010',
  ' a: b',
  ' {a: b',
  ' [a,b]',
  '\n  a: b\n    c: d',
  '\n  a: b\n   more',
  " it's: here",
  '\n\ta: b',
])('%j is left to YAML', (body) => {
  expect(plainValue(body)).toBe(notPlain)
})

test('what it reads is what YAML reads', () => {
  const piece = fc.constantFrom(
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    'a',
    'b-c',
    ':',
    ': ',
    '# x',
    ' # x',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ', ',
    ',',
    '7',
    '0',
    '.',
    '1e3',
    '-',
    'null',
    'true',
    'yes',
    '/p',
    's3://b/k',
    '${env:A}',
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '\\',
    '\t',
  )
  const key = fc.constantFrom('a', 'b', 'key', 'path')
  const text = fc.constantFrom(
    'x',
    'a b',
    '"q"',
    "'q r'",
    '12',
    's3://b/k',
    '[a, b]',
    '{ a: b, c: [d] }',
    '',
    '# c',
    'x # c',
  )
  const line = fc
    .tuple(fc.constantFrom('\n  ', '\n    ', '\n      '), key, text)
    .map(([lead, name, rest]) => `${lead}${name}: ${rest}`)
  const body = fc.oneof(
    fc.array(piece, { maxLength: 12 }),
    fc.array(line, { maxLength: 6 }),
    fc.array(fc.oneof(line, piece), { maxLength: 8 }),
  )
  let read = 0
  fc.assert(
    fc.property(body, (parts) => {
      const said = parts.join('')
      const value = plainValue(said)
      if (value === notPlain) return
      read += 1
      expect(value).toEqual(yamlValue(said))
    }),
    { numRuns: 20_000, seed: 20_261_123 },
  )
  expect(read).toBeGreaterThan(1000)
})
