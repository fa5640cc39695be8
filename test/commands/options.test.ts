import { expect, test } from 'vitest'
import { globalFlags } from '../../src/commands/global-flags.ts'
import { commands } from '../../src/commands/registry.ts'

const longOf = (syntax: string) => /--[a-z][a-z-]*/.exec(syntax)?.[0] ?? syntax

test('no command has an option of the name of a global one: what is typed behind it would be taken for that', () => {
  const everywhere = new Set(globalFlags.map(([syntax]) => longOf(syntax)))
  expect(everywhere.size).toBeGreaterThan(10)
  const own = commands.flatMap(({ name, options = [] }) => options.map(([syntax]) => ({ name, long: longOf(syntax) })))
  expect(own.length).toBeGreaterThan(50)
  expect(own.filter(({ long }) => everywhere.has(long))).toEqual([])
})
