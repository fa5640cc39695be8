import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { tolerantRead } from '../../src/runsheet/tolerant.ts'
import { smallSheet } from '../support/small-sheet.ts'

const rootSheet = readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
const pieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '\t',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '<<: *a',
  '|',
  '>',
  '%',
  '${env:X}',
  '${environment}',
  'null',
  '~',
  '0',
  '-1',
  '1e999',
  '.nan',
  'true',
  '!!binary ',
  '? ',
  '---',
  '\u0000',
  '\u001B[2J',
  '\u202E',
  '__proto__',
  'constructor',
  '🚀',
  '\r\n',
  '\uFEFF',
  '[[[[[[[[[[',
]

/** Processor time, not wall time: the machine that runs the tests may be busy with others. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** A sheet after some slips of the hand: parts cut out, doubled, replaced by what YAML finds special. */
const slips = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 40 }),
    put: fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 5, unit: 'binary' })),
    twice: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
)

function slipped(
  text: string,
  changes: readonly { readonly at: number; readonly length: number; readonly put: string; readonly twice: boolean }[],
): string {
  return changes.reduce((left, { at, length, put, twice }) => {
    const start = Math.floor(at * left.length)
    const kept = twice ? left.slice(start, start + length) : ''
    return `${left.slice(0, start)}${kept}${put}${left.slice(start + length)}`
  }, text)
}

/** What is wrong with the answer to a sheet: nothing when it gives a plan, or an error that says where and is fit to print. */
function faultsOf(text: string): readonly string[] {
  try {
    compilePlan(loadSheet(text, 'runsheet.yaml', {}))
    return []
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error
    const { line, col } = error.at ?? { line: 0, col: 0 }
    return [
      ...(line >= 1 && col >= 1 && line <= text.split('\n').length ? [] : [`no such place: ${line}:${col}`]),
      ...(/^runsheet\.yaml:\d+:\d+ /.test(error.message) ? [] : [`no place in ${error.message}`]),
      ...(/[\p{Cc}\u202E]/u.test(error.message.replaceAll('\n', '')) ? ['control characters'] : []),
    ]
  }
}

test.each([
  ['the worked example', rootSheet, 60],
  ['a small sheet', smallSheet, 400],
])('slips in %s give a plan or an error with a position, quickly', (_name, text, numRuns) => {
  loadSheet(text, 'runsheet.yaml', {}) // warm: the first parse compiles the schemas
  fc.assert(
    fc.property(slips, (changes) => {
      const broken = slipped(text, changes)
      const startedAt = cpuMs()
      const faults = faultsOf(broken)
      const tookMs = cpuMs() - startedAt
      expect(faults).toEqual([])
      expect(tookMs).toBeLessThan(200)
    }),
    { numRuns, seed: 20_261_201 },
  )
})

test('the tolerant reader never throws and is quick, whatever the sheet looks like', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        slips.map((changes) => slipped(smallSheet, changes)),
        fc.string({ unit: 'binary', maxLength: 300 }),
      ),
      async (text) => {
        const startedAt = cpuMs()
        expect(await tolerantRead(text)).toBeTypeOf('object')
        expect(cpuMs() - startedAt).toBeLessThan(200)
      },
    ),
    { numRuns: 400, seed: 20_261_201 },
  )
})

test.each([
  ['brackets behind an open quote', `a: it's\nb: '${'['.repeat(200_000)}`],
  ['a quote in a text block, then brackets', `x: |\n  a: "\ny: ${'['.repeat(200_000)}`],
  ['maps line by line', Array.from({ length: 180 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ['one endless line', 'x'.repeat(250_000)],
  ['endless keys', Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')],
  ['endless items', `gates:\n  slo:\n${'    - { kind: ratio }\n'.repeat(5_000)}`],
  ['endless colons', ': '.repeat(50_000)],
  ['endless anchors', '&a '.repeat(50_000)],
  ['endless questions', '? '.repeat(50_000)],
  ['endless dashes in flow', `a: [${'- '.repeat(50_000)}`],
])('%s are refused in time', (_name, text) => {
  const startedAt = cpuMs()
  expect(() => loadSheet(text, 'runsheet.yaml', {})).toThrow(LaunchError)
  expect(cpuMs() - startedAt).toBeLessThan(2_000)
})
