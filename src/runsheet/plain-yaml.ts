import { withoutTrailing } from '../core/without-trailing.ts'

/** What `plainValue` says of a text it does not read: YAML has to be asked. */
export const notPlain = Symbol('not plain')

type Line = { readonly indent: number; readonly key: string; readonly rest: string }
type Value = string | null | readonly Value[] | { readonly [key: string]: Value }

const keyLine = /^( *)([A-Za-z_][A-Za-z0-9_-]*):(?= |$)/
const ignored = /^ *(?:#.*)?$/
/** Begins like nothing but a text, and holds nothing that YAML reads otherwise, in brackets or outside. */
const plainText = /^[A-Za-z0-9/](?:[^\s:#,[\]{}"'&*!|>%@`\\]|:(?=[^\s,[\]{}])| +(?=[^\s:#,[\]{}"'&*!|>%@`\\]))*/
const quotedText = /^"([^"\\\n]*)"|^'([^'\n]*)'/
const meansMore = /^(?:true|false|null|-?0[0-9xob].*)$/i

/**
 * Reads the block of a run sheet that says nothing but texts, maps of them and lists in brackets, as YAML 1.2 would with every
 * number left a text; `notPlain` of anything else. A rollback in an emergency does not load a YAML parser for `bucket: sb-prod`.
 */
export function plainValue(body: string): unknown {
  const [first = '', ...more] = body.split('\n')
  const head = uncommented(spaceTrimmed(first))
  const lines: Line[] = []
  for (const line of more) {
    if (ignored.test(line)) continue
    const found = keyLine.exec(line)
    if (!found) return notPlain
    const rest = uncommented(spaceTrimmed(line.slice(found[0].length)))
    lines.push({ indent: found[1]?.length ?? 0, key: found[2] ?? '', rest })
  }
  if (head !== '') return lines.length > 0 ? notPlain : scalar(head)
  return lines.length === 0 ? null : mapOf(lines)
}

/** The lines of one map: those least indented are its keys, what is deeper below one is its value. */
function mapOf(lines: readonly Line[]): Value | typeof notPlain {
  const indent = lines[0]?.indent ?? 0
  const map = new Map<string, Value>()
  for (let at = 0; at < lines.length;) {
    const line = lines[at]
    if (line?.indent !== indent || map.has(line.key)) return notPlain
    let end = at + 1
    while ((lines[end]?.indent ?? 0) > indent) end += 1
    const below = lines.slice(at + 1, end)
    if (below.length > 0 && line.rest !== '') return notPlain
    const value = below.length > 0 ? mapOf(below) : line.rest === '' ? null : scalar(line.rest)
    if (value === notPlain) return notPlain
    map.set(line.key, value)
    at = end
  }
  return Object.fromEntries(map)
}

function scalar(text: string): Value | typeof notPlain {
  const cursor = { text, at: 0 }
  const value = valueAt(cursor)
  return cursor.at === text.length ? value : notPlain
}

type Cursor = { readonly text: string; at: number }

function valueAt(cursor: Cursor): Value | typeof notPlain {
  if (takes(cursor, /^\[ */)) return listAt(cursor)
  if (takes(cursor, /^\{ */)) return bracketMapAt(cursor)
  const quoted = takes(cursor, quotedText)
  if (quoted) return quoted[1] ?? quoted[2] ?? ''
  const plain = takes(cursor, plainText)?.[0]
  return plain === undefined || meansMore.test(plain) || isOddNumber(plain) ? notPlain : plain
}

function listAt(cursor: Cursor): Value | typeof notPlain {
  const items: Value[] = []
  while (!takes(cursor, /^ *\]/)) {
    if (items.length > 0 && !takes(cursor, /^ *, +/)) return notPlain
    const item = valueAt(cursor)
    if (item === notPlain) return notPlain
    items.push(item)
  }
  return items
}

function bracketMapAt(cursor: Cursor): Value | typeof notPlain {
  const map = new Map<string, Value>()
  while (!takes(cursor, /^ *\}/)) {
    if (map.size > 0 && !takes(cursor, /^ *, +/)) return notPlain
    const key = takes(cursor, /^([A-Za-z_][A-Za-z0-9_-]*): +/)?.[1]
    const value = valueAt(cursor)
    if (key === undefined || map.has(key) || value === notPlain) return notPlain
    map.set(key, value)
  }
  return Object.fromEntries(map)
}

/** What stands at the cursor, which moves behind it. */
function takes(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  const found = pattern.exec(cursor.text.slice(cursor.at))
  if (found) cursor.at += found[0].length
  return found
}

/** A number that says something else once it is read: 1e3, 1.50, one too long to be exact. */
function isOddNumber(text: string): boolean {
  return !Number.isNaN(Number(text)) && String(Number(text)) !== text
}

function uncommented(text: string): string {
  if (/["']/.test(text)) return text
  const at = text.search(/(?<=^| )#/)
  return at === -1 ? text : withoutTrailing(' ', text.slice(0, at))
}

/** Without the spaces at both ends; other white space means more. */
function spaceTrimmed(text: string): string {
  return withoutTrailing(' ', text.replace(/^ +/, ''))
}
