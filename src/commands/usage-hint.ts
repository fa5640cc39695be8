import { nearest } from '../core/nearest.ts'
import type { Command } from './command.ts'
import { globalFlags } from './global-flags.ts'

/**
 * What somebody most likely meant who typed a command or an option that does not exist, or null. `said` is commander's
 * message, `typed` the words of the command line.
 */
export function usageHint(said: string, typed: readonly string[], commands: readonly Command[]): string | null {
  const [, what, word] = /unknown (command|option) '([^']+)'/.exec(said) ?? []
  if (word === undefined) return null
  const near = nearest(word, what === 'option' ? optionsOf(typed, commands) : wordsAfter(typed, word, commands))
  return near === null ? null : `did you mean ${near}`
}

/** The long options that the command which was typed understands. */
function optionsOf(typed: readonly string[], commands: readonly Command[]): readonly string[] {
  const own = commands
    .filter(({ name }) => ` ${typed.join(' ')} `.includes(` ${name} `))
    .flatMap(({ options = [] }) => options)
  return [...own, ...globalFlags].flatMap(([syntax]) => /--[a-z-]+/.exec(syntax) ?? [])
}

/** The words that may stand where this one was typed: `canary st` knows what follows `canary`. */
function wordsAfter(typed: readonly string[], word: string, commands: readonly Command[]): readonly string[] {
  const before = typed[typed.indexOf(word) - 1]
  const below = commands.flatMap(({ name }) => (name.startsWith(`${before} `) ? [name.slice(`${before} `.length)] : []))
  return below.length > 0
    ? below
    : [...new Set(commands.flatMap(({ name, alias }) => [name.split(' ')[0] ?? name, ...(alias ? [alias] : [])]))]
}
