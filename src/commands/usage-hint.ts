import { nearest } from '../core/nearest.ts'
import type { Command } from './command.ts'
import { globalFlags } from './global-flags.ts'

export type UsageHint = {
  /** The command as it was typed, also one that does not exist; empty where none was. */
  readonly command: string
  /** What was most likely meant, and where it is looked up. */
  readonly hint: string
}

/** What helps whoever typed a line that is refused. `said` is commander's message, `typed` the words of the line. */
export function usageHint(said: string, typed: readonly string[], commands: readonly Command[]): UsageHint {
  const known = knownIn(typed, commands)
  const [, what, word] = /unknown (command|option) '([^']+)'/.exec(said) ?? []
  const near =
    word === undefined
      ? null
      : nearest(word, what === 'option' ? optionsOf(typed, commands) : wordsAfter(typed, word, commands))
  const isOne = commands.some(({ name }) => name === known)
  const help = isOne
    ? `launch ${known} --help says what it takes`
    : `${`launch ${known}`.trim()} --help lists the commands`
  return {
    command: what === 'command' ? `${known} ${word}`.trim() : known,
    hint: near === null ? help : `did you mean ${near}; ${help}`,
  }
}

/** The longest command or group of commands that the typed words begin with, options aside; empty for none. */
function knownIn(typed: readonly string[], commands: readonly Command[]): string {
  const line = ` ${typed.join(' ')} `
  const names = commands.flatMap(({ name, alias }) => {
    const group = name.split(' ').slice(0, -1).join(' ')
    return [...(group === '' ? [] : [group]), name, ...(alias ? [`${group} ${alias}`.trim()] : [])]
  })
  // A role may be called as a command is: the words that stand first are the command.
  const place = (name: string) => line.indexOf(` ${name} `)
  const found = [...new Set(names)].filter((name) => place(name) >= 0)
  return found.sort((a, b) => place(a) - place(b) || b.length - a.length)[0] ?? ''
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
