import type { Variables } from './interpolate.ts'
import { maxChars, maxTextChars, tooDeep } from './nesting.ts'
import { notPlain, plainValue } from './plain-yaml.ts'
import type { RollbackFacts } from './rollback-facts.ts'

/**
 * Reads what it can from a run sheet in any condition, for the emergency rollback: no schema, no references. Each section
 * is read by itself, so that a bracket left open in one does not swallow the next. Never throws.
 * Values with a `${env:NAME}` that is not set are left out. YAML's parser is loaded when a section it needs is not plain.
 */
export async function tolerantRead(text: string, variables: Variables = {}): Promise<RollbackFacts> {
  let isPlain = true
  const facts = factsIn(text, (body) => {
    const value = plainValue(body)
    if (value === notPlain) isPlain = false
    return filled(value, variables)
  })
  if (isPlain) return facts
  const { parseDocument } = await import('yaml')
  const options = { strict: false, uniqueKeys: false, prettyErrors: false, logLevel: 'silent' } as const
  return factsIn(text, (body) => filled(parseDocument(body, options).toJS({ maxAliasCount: 50 }), variables))
}

type Read = (body: string) => unknown

function factsIn(text: string, readBody: Read): RollbackFacts {
  const sections = blocksOf(text.slice(0, maxChars))
  const read: Read = (body) => readable(body, readBody)
  const texts = (name: string) => (sections.get(name) ?? []).map(read)
  const first = <T>(name: string, pick: (value: unknown) => T | undefined) =>
    texts(name)
      .map(pick)
      .find((value) => value !== undefined)
  const app = first('app', textOf)
  const state = first('state', textOf)
  const flag = first('flag', flagOf)
  const environments = (sections.get('environments') ?? [])
    .map((body) => environmentsOf(body, read))
    .find((found) => Object.keys(found).length > 0)
  return {
    ...(app === undefined ? {} : { app }),
    ...(state === undefined ? {} : { state }),
    ...(flag === undefined ? {} : { flag }),
    ...(environments === undefined ? {} : { environments }),
  }
}

/** What git leaves in a file it could not merge. */
const conflictMark = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/

/** The text split at its least indented keys: name → the text behind the colon, every time it comes. */
function blocksOf(text: string): ReadonlyMap<string, readonly string[]> {
  const keyLine = /^( *)(["']?)([A-Za-z][A-Za-z0-9_-]*)\2 *:(?=\s|$)/
  const lines = text
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => !conflictMark.test(line))
  const indents = lines.flatMap((line) => keyLine.exec(line)?.[1]?.length ?? [])
  const least = indents.reduce((a, b) => Math.min(a, b), Infinity)
  const blocks = new Map<string, string[]>()
  let current: string[] = []
  for (const line of lines) {
    const match = keyLine.exec(line)
    if (match && match[1]?.length === least) {
      current = blocks.get(match[3] ?? '') ?? []
      blocks.set(match[3] ?? '', current)
      current.push(line.slice(match[0].length))
    } else if (current.length > 0) current.push(`${current.pop() ?? ''}\n${line}`)
  }
  return blocks
}

/** One value as far as it can be read; undefined when nothing can: a rollback reads on without this section. */
function readable(body: string, read: Read): unknown {
  if (tooDeep(body)) return undefined
  try {
    return read(body)
  } catch {
    return undefined
  }
}

function filled(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') {
    let unset = false
    const text = value.replaceAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_whole, name: string) => {
      unset ||= !variables[name]
      return variables[name] ?? ''
    })
    return unset ? undefined : text
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, variables)]))
}

/** One that is too long for a run sheet is none: what reads addresses takes the square of their length. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' && value.length <= maxTextChars ? value : undefined
}

/** The fields of a map that are texts. */
function textsOf(value: unknown): { readonly [field: string]: string } {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
      textOf(item) === undefined ? [] : [[key, textOf(item) ?? '']],
    ),
  )
}

function flagOf(value: unknown): RollbackFacts['flag'] | undefined {
  if (value === null || typeof value !== 'object') return undefined
  const key = 'key' in value ? textOf(value.key) : undefined
  const store = 'store' in value ? textsOf(value.store) : {}
  if (key === undefined && Object.keys(store).length === 0) return undefined
  return { ...(key === undefined ? {} : { key }), ...(Object.keys(store).length === 0 ? {} : { store }) }
}

/** Environment by environment when they are written one under the other; all at once when in brackets. */
function environmentsOf(body: string, read: Read): { readonly [name: string]: { readonly [field: string]: string } } {
  const inBrackets = /^\s*\{/.test(body)
  const found = inBrackets
    ? Object.entries(Object(read(body)))
    : [...blocksOf(body)].flatMap(([name, texts]) => texts.map((text) => [name, read(text)] as const))
  return Object.fromEntries(
    found
      .map(([name, value]) => [name, textsOf(value)] as const)
      .filter(([, fields]) => Object.keys(fields).length > 0),
  )
}
