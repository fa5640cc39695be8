import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../src/commands/registry.ts'
import { loadSheet } from '../src/runsheet/load.ts'
import { parityTable } from './support/parity-table.ts'

const root = new URL('../', import.meta.url)
const text = readFileSync(new URL('runsheet.yaml', root), 'utf8')
const { sheet } = loadSheet(text, 'runsheet.yaml', {})
// As written: a field counts only when the sheet itself has it, not when a default fills it in.
const written: unknown = parse(text)
const { rows, of } = parityTable()

test('every line of the table says where it went', () => {
  const lines = readFileSync(new URL('docs/parity.md', root), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\| (?:\*\*|---|paper)/.test(line))
  expect(rows).toHaveLength(lines.length)
  expect(rows.length).toBeGreaterThan(100)
})

test.each(of('gate'))('gate %s is in the run sheet and a phase or a step judges it', (name) => {
  expect(Object.keys(sheet.gates)).toContain(name)
  expect(JSON.stringify(sheet.phases)).toContain(`"gate":"${name}"`)
})

test.each(of('check'))('check %s is in the run sheet', (name) => {
  const [gate = '', id = ''] = name.split('/')
  expect((sheet.gates[gate] ?? []).map((item) => ('use' in item ? null : item.id))).toContain(id)
})

test.each(of('field'))('field %s is in the run sheet', (path) => {
  expect(fieldAt(written, path.split('.')), path).not.toBeUndefined()
})

test('every gate of the paper is a gate', () => {
  expect(of('gate').toSorted()).toEqual(['canary', 'full-rollout', 'preconditions', 'preflight', 'staging-ready'])
})

const registered = commands.flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias]))
const isRegistered = (line: string) => registered.includes(line.replace(/^launch /, ''))

test.each([...new Set(of('command'))])('%s is a command', (line) => {
  expect(isRegistered(line), line).toBe(true)
})

/** Follows words: a key, a place in a list, the id of a list's item, or for a step its word. */
function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inside, word) => {
    if (Array.isArray(inside)) {
      const named: unknown = inside.find((item: unknown) => fieldAt(item, ['id']) === word)
      const step: unknown = inside.find((item: unknown) => fieldAt(item, [word]) !== undefined)
      return /^\d+$/.test(word) ? inside[Number(word)] : (named ?? fieldAt(step, [word]))
    }
    return inside !== null && typeof inside === 'object'
      ? Object.entries(inside).find(([key]) => key === word)?.[1]
      : undefined
  }, value)
}
