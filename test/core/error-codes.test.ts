import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/registry.ts'
import { errorCodes } from '../../src/core/error-codes.ts'
import { exitCodes, type Outcome } from '../../src/core/exit-code.ts'
import { nextCommand } from '../../src/ui/next-command.ts'

const root = join(import.meta.dirname, '../..')
const known = new Set(
  commands.flatMap(({ name, alias }) =>
    alias === undefined ? [name] : [name, `${name.split(' ').slice(0, -1).join(' ')} ${alias}`.trim()],
  ),
)

/** Each `launch …` of a text, as the words that follow it; `launch resume, or --new` names `resume`. */
function namedIn(text: string): readonly string[] {
  return Array.from(
    text.matchAll(/(?<![\w.-])(?<!\b(?:a|the|this|another|new|no) )launch ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)/g),
    ([, words]) => words ?? '',
  )
}

/** A sentence goes on after the command: `launch schema prints …` is `launch schema`. */
function exists(words: string): boolean {
  return known.has(words) || known.has(words.split(' ')[0] ?? '')
}

describe('a command that is named is a command', () => {
  test('this test can tell', () => {
    expect(namedIn('launch iam print shows it; then launch canary nothing, or launch resume')).toEqual([
      'iam print',
      'canary nothing',
      'resume',
    ])
    expect(exists('iam nothing')).toBe(false)
    expect(exists('canary nothing')).toBe(false)
    expect(exists('rollback emergency')).toBe(true)
    expect(exists('explain shows')).toBe(true)
  })

  test.each(Object.entries(errorCodes))('in the hint of %s', (_code, { hint }) => {
    expect(namedIn(hint).filter((words) => !exists(words))).toEqual([])
  })

  test('in every other hint of the sources', () => {
    const hints = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => hintsOf(path))
    expect(hints.length).toBeGreaterThan(40)
    expect(hints.filter(({ text }) => namedIn(text).some((words) => !exists(words)))).toEqual([])
  })

  // The keys of the table are the outcomes, by its type.
  test.each(Object.keys(exitCodes) as Outcome[])('after a run that %s', (outcome) => {
    expect(known).toContain(nextCommand(outcome, false).replace('launch ', ''))
  })

  test('in docs/parity.md', () => {
    const named = Array.from(
      readFileSync(join(root, 'docs/parity.md'), 'utf8').matchAll(/`command: launch ([^`]+)`/g),
      ([, words]) => words ?? '',
    )
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((words) => !known.has(words))).toEqual([])
  })

  test('in the examples of every command', () => {
    const lines = commands.flatMap(({ name, examples }) => examples.map(([line]) => ({ name, line })))
    expect(lines.filter(({ line }) => !namedIn(line).some(exists))).toEqual([])
    expect(commands.filter(({ examples }) => examples.length < 2)).toEqual([])
  })
})

/** What stands behind `hint:` as one literal. */
function hintsOf(path: string): readonly { readonly path: string; readonly text: string }[] {
  const source = readFileSync(join(root, 'src', path), 'utf8')
  const literals = source.matchAll(/\bhint:\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g)
  return Array.from(literals, ([, single, double, template]) => ({ path, text: single ?? double ?? template ?? '' }))
}
