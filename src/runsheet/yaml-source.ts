import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Node } from 'yaml'
import { messageOf, type SourcePosition } from '../core/errors.ts'
import { runsheetError } from './diagnostics.ts'
import { maxChars, maxNodes, tooDeep } from './nesting.ts'
import {
  aliasProblems,
  doubledKeys,
  longTexts,
  maxAliases,
  nodesOf,
  syntaxProblems,
  type Place,
} from './yaml-problems.ts'

export type Path = readonly PropertyKey[]

/** A run sheet as text and as plain values, and the way back from a value to its place in the text. */
export type YamlSource = {
  readonly file: string
  readonly value: unknown
  /** Where the value at a path is written; the nearest one above it when there is none. */
  valueAt(path: Path): Required<SourcePosition>
  /** Where the key of that path is written; for an item of a list, the item. */
  keyAt(path: Path): Required<SourcePosition>
  /** The first scalar inside the value at `path` that says exactly this; the value itself when none does. */
  scalarAt(path: Path, said: string | number): Required<SourcePosition>
}

/**
 * Reads YAML 1.2 (core schema). Throws LaunchError RUNSHEET_SYNTAX with every mistake of the text in it: not YAML, a key
 * twice, too big, nested too deep, aliases that multiply.
 */
export function readYaml(text: string, file: string): YamlSource {
  const place = placesIn(text, file)
  const refuse = (start: number, end: number, message: string, hint: string): never => {
    throw runsheetError('RUNSHEET_SYNTAX', [{ at: place(start, end), label: '', message, hint }])
  }
  if (text.length > maxChars) refuse(0, 1, `the run sheet has ${text.length} characters`, `keep it under ${maxChars}`)
  if (text.trim() === '') refuse(0, 1, 'the run sheet is empty', 'launch init writes one')
  const deep = tooDeep(text)
  if (deep) refuse(deep.offset, deep.offset + 1, deep.what, 'a run sheet needs no more than a few levels')
  const document =
    parsed(text) ?? refuse(0, 1, 'lists and maps are nested too deep', 'a run sheet needs no more than a few levels')
  const nodes = nodesOf(document)
  if (nodes.count > maxNodes) refuse(0, 1, `the run sheet has ${nodes.count} values`, `keep it under ${maxNodes}`)
  const problems = [
    ...syntaxProblems(document, text, place),
    ...doubledKeys(nodes.doubled, place),
    ...longTexts(nodes.long, place),
    ...aliasProblems(nodes.aliases, place),
  ]
  if (problems.length > 0) throw runsheetError('RUNSHEET_SYNTAX', problems)
  if (isEmpty(document.contents)) refuse(0, 1, 'the run sheet is empty', 'launch init writes one')
  return { file, value: plain(document, refuse), ...finderOf(document, text.length, place) }
}

function parsed(text: string): Document | null {
  try {
    const document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    })
    // The composer catches its own stack overflows and lists them.
    return document.errors.some(({ message }) => /call stack/.test(message)) ? null : document
  } catch (error) {
    if (error instanceof RangeError) return null // the parser's stack, on nesting the pre-scan cannot see
    throw error
  }
}

function plain(
  document: Document,
  refuse: (start: number, end: number, message: string, hint: string) => never,
): unknown {
  try {
    return document.toJS({ maxAliasCount: maxAliases })
  } catch (error) {
    const alias = firstAlias(document)
    return refuse(
      alias.start,
      alias.end,
      messageOf(error).includes('alias') ? 'aliases repeat too much' : 'an alias cannot be read',
      'write the values out',
    )
  }
}

function firstAlias(document: Document): { readonly start: number; readonly end: number } {
  let range: readonly number[] = [0, 1]
  visit(document, {
    Alias: (_key, node) => {
      range = node.range ?? range
      return visit.BREAK
    },
  })
  return { start: range[0] ?? 0, end: range[1] ?? 1 }
}

function finderOf(document: Document, size: number, place: Place): Omit<YamlSource, 'file' | 'value'> {
  const rangeOf = (node: unknown): readonly [number, number] => {
    const range = isNode(node) ? node.range : null
    return [range?.[0] ?? 0, range?.[1] ?? Math.min(1, size)]
  }
  const find = (path: Path) => walk(document, path)
  const spot = ([start, end]: readonly [number, number]) => place(start, end)
  return {
    valueAt: (path) => spot(rangeOf(find(path).value)),
    keyAt: (path) => spot(rangeOf(find(path).key)),
    scalarAt: (path, said) => {
      const { value } = find(path)
      let range = rangeOf(value)
      // `document` resolves nothing here: an aliased scalar is found where it is written, if it is inside.
      if (isNode(value)) {
        visit(value, {
          Scalar: (key, node) => {
            if (key === 'key' || node.value !== said) return undefined
            range = rangeOf(node)
            return visit.BREAK
          },
        })
      }
      return spot(range)
    },
  }
}

const isNode = (value: unknown): value is Node => isScalar(value) || isMap(value) || isSeq(value) || isAlias(value)

/** Follows a path as far as it goes; `key` is the node that names the value: a key, or for an item of a list the item. */
function walk(document: Document, path: Path): { readonly key: unknown; readonly value: unknown } {
  let key: unknown = document.contents
  let value: unknown = document.contents
  for (const step of path) {
    const inside = isAlias(value) ? value.resolve(document) : value
    if (isMap(inside)) {
      const pair = inside.items.find((item) => String(isScalar(item.key) ? item.key.value : item.key) === String(step))
      if (!pair) break
      key = pair.key
      value = isNode(pair.value) && !isEmpty(pair.value) ? pair.value : pair.key
    } else if (isSeq(inside)) {
      const item = inside.items[Number(step)]
      if (item === undefined) break
      key = item
      value = item
    } else break
  }
  return { key, value }
}

/** `key:` with nothing behind it: an empty scalar, shown at its key. */
const isEmpty = (node: unknown) =>
  node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '')

function placesIn(text: string, file: string): Place {
  const lines = new LineCounter()
  lines.addNewLine(0)
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines.addNewLine(at + 1)
  return (start, end) => {
    const { line, col } = lines.linePos(start)
    const lineStart = start - (col - 1)
    const lineEnd = text.indexOf('\n', lineStart)
    const source = text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).replace(/\r$/, '')
    return { file, line, col, length: Math.max(1, Math.min(end - start, source.length - (col - 1))), source }
  }
}
