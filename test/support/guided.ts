import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { LaunchEvent } from '../../src/core/event.ts'
import { startPty, type Pty } from './pty.ts'
import { binPath } from './run-bin.ts'

export type Key = 'Ctrl-C' | 'Ctrl-D'
/** What a person does at a question: types a line, presses a key, or (undefined) answers well. */
export type Reply = { readonly line: string } | { readonly key: Key } | undefined

export type Talk = {
  readonly exitCode: number | null
  /** Everything on the terminal, without control sequences; any white space is one space, for lines are wrapped. */
  readonly screen: string
  /** What was asked, in order: the line above which a person types, with its heading. */
  readonly asked: readonly Asked[]
}
export type Asked = {
  readonly heading: string
  readonly query: string
  /** The text since the question before. */ readonly above: string
}

const keys = { 'Ctrl-C': '\u0003', 'Ctrl-D': '\u0004' } as const

/** Runs a command in a pseudo terminal and answers its questions. Throws when nothing happens for 20 s, or questions never end. */
export async function talk(
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  reply: (asked: Asked, index: number, pty: Pty) => Reply | Promise<Reply> = () => undefined,
): Promise<Talk> {
  const env = { PATH: process.env['PATH'], HOME: options.cwd, LANG: 'C.UTF-8', TZ: 'UTC', ...options.env }
  // A new pseudo terminal says that it is 0 columns wide.
  const sized = ['sh', '-c', 'stty rows 24 cols 80 && exec "$@"', 'sh']
  await using pty = startPty([...sized, process.execPath, binPath, ...args], { cwd: options.cwd, env })
  let ended = false
  const exit = pty.exitCode.finally(() => (ended = true))
  const asked: Asked[] = []
  for (let from = 0; ;) {
    const question = await nextQuestion(pty, from, () => ended)
    if (question === null) return { exitCode: await exit, screen: plain(pty.screen()).replaceAll(/\s+/g, ' '), asked }
    asked.push(question)
    if (asked.length > 40) throw new Error(`no end of questions:\n${plain(pty.screen()).slice(-2000)}`)
    const given = await reply(question, asked.length - 1, pty)
    from = pty.screen().length
    pty.type(given && 'key' in given ? keys[given.key] : `${given?.line ?? wellAnswered(question)}\r`)
  }
}

/** The next line that waits to be typed into; null at the end of the program. */
async function nextQuestion(pty: Pty, from: number, ended: () => boolean): Promise<Asked | null> {
  const until = performance.now() + 20_000
  for (;;) {
    const above = plain(pty.screen().slice(from))
    const query = /\n> ([^\n]*): $/.exec(above)?.[1]
    // The echo of the answer before ends with a line break: without one this is still the question before.
    if (query !== undefined) return { heading: headingOf(above), query, above }
    if (ended()) return null
    if (performance.now() > until) throw new Error(`neither a question nor the end:\n${plain(pty.screen())}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

function plain(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\r', '')
}

/** The nearest line above the question that is not indented. */
function headingOf(above: string): string {
  return (
    above
      .split('\n')
      .slice(0, -1)
      .findLast((line) => !line.startsWith('  ')) ?? ''
  )
}

function wellAnswered({ query }: Asked): string {
  if (query.startsWith('type yes')) return 'yes'
  if (query.startsWith('again or')) return 'stop'
  return query.startsWith('go or') ? 'go' : 'y'
}

/** The journal of the newest launch of a sandbox in a folder. */
export async function journalOf(cwd: string): Promise<readonly LaunchEvent[]> {
  const root = join(cwd, '.launch/sandbox/state')
  const names = (await readdir(root, { recursive: true })).filter((name) => /events\/\d{8}\.json$/.test(name)).sort()
  const newest = names.at(-1)?.replace(/events\/.*$/, '') ?? ''
  const texts = await Promise.all(
    names.filter((name) => name.startsWith(newest)).map((name) => readFile(join(root, name), 'utf8')),
  )
  // Written by the program under test, one event a file.
  return texts.map((text) => JSON.parse(text) as LaunchEvent)
}

/** What people said and what came of it, in order: what has to be the same however often a launch was stopped. */
export function story(events: readonly LaunchEvent[]): readonly string[] {
  return events.flatMap((event) => toldOf(event) ?? [])
}

function toldOf(event: LaunchEvent): string | null {
  if (event.type === 'answered') return `${event.question} ${event.answer}`
  if (event.type === 'approved') return `${event.role} signed`
  if (event.type === 'go-decided') return event.decision
  if (event.type === 'step-done') return `${event.step} done`
  if (event.type === 'flag-set') return `flag ${event.percent}`
  if (event.type === 'stage-left') return `left ${event.percent} ${event.verdict}`
  return event.type === 'launch-ended' ? event.outcome : null
}
