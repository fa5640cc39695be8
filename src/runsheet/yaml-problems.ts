import { isAlias, isMap, isScalar, visit, type Document, type Node, type Scalar } from 'yaml'
import type { SourcePosition } from '../core/errors.ts'
import type { Diagnostic } from './diagnostics.ts'
import { maxTextChars } from './nesting.ts'

/** Names the stretch of the text between two offsets. */
export type Place = (start: number, end: number) => Required<SourcePosition>

/** Aliases a run sheet may use, and how often all of them together may repeat what they name. */
export const maxAliases = 50

type SyntaxError = Document['errors'][number]

/** The first mistake of the text: those after it mostly follow from it. */
export function syntaxProblems(document: Document, text: string, place: Place): readonly Diagnostic[] {
  const first = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0])[0]
  return first ? [syntaxProblem(first, text, place)] : []
}

function syntaxProblem(error: SyntaxError, text: string, place: Place): Diagnostic {
  const flow = error.code === 'BAD_INDENT' && error.message.startsWith('Flow')
  const [message, hint] = syntaxWords[flow ? 'OPEN_FLOW' : error.code] ?? [
    sentence(error.message),
    'mend the YAML here',
  ]
  // What is missing at the end of a file is shown at its last character, not on the empty line after it.
  const start = Math.min(error.pos[0], Math.max(0, text.trimEnd().length - 1))
  return { at: place(start, start + 1), label: '', message, hint }
}

const syntaxWords: { readonly [code: string]: readonly [string, string] } = {
  TAB_AS_INDENT: ['a tab is used to indent', 'use spaces'],
  OPEN_FLOW: ['a bracket above this line is not closed', 'close it, or indent this line if it belongs inside'],
  BAD_INDENT: ['this line is indented differently from its neighbours', 'line it up with them'],
  MULTIPLE_DOCS: ['a second document starts here', 'keep one run sheet in a file'],
  MISSING_CHAR: ['a closing bracket, a quote, a colon or a comma is missing before this', 'close what was opened'],
}

const sentence = (message: string) =>
  `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, '').replaceAll('\n', ' ')

type Nodes = {
  readonly count: number
  readonly aliases: readonly Node[]
  readonly doubled: readonly Scalar[]
  /** Texts that are too long. */
  readonly long: readonly Scalar[]
}

/** One walk over the document: the parser's own look for doubled keys takes quadratic time. */
export function nodesOf(document: Document): Nodes {
  let count = 0
  const aliases: Node[] = []
  const doubled: Scalar[] = []
  const long: Scalar[] = []
  visit(document, {
    Node: (_key, node) => {
      count += 1
      if (isAlias(node)) aliases.push(node)
      if (isScalar(node) && String(node.value).length > maxTextChars) long.push(node)
      if (!isMap(node)) return
      const names = new Set<string>()
      for (const { key } of node.items) {
        if (!isScalar(key)) continue
        if (names.has(String(key.value))) doubled.push(key)
        names.add(String(key.value))
      }
    },
  })
  return { count, aliases, doubled, long }
}

export function doubledKeys(keys: readonly Scalar[], place: Place): readonly Diagnostic[] {
  return keys.map((key) => ({
    at: place(key.range?.[0] ?? 0, key.range?.[1] ?? 1),
    label: '',
    message: `the key "${String(key.value)}" is here twice`,
    hint: 'keep one of the two',
  }))
}

export function longTexts(texts: readonly Scalar[], place: Place): readonly Diagnostic[] {
  return texts.map(({ range, value }) => ({
    at: place(range?.[0] ?? 0, range?.[1] ?? 1),
    label: '',
    message: `this text has ${String(value).length} characters`,
    hint: `keep it under ${maxTextChars}`,
  }))
}

export function aliasProblems(aliases: readonly Node[], place: Place): readonly Diagnostic[] {
  const first = aliases[maxAliases]
  if (!first) return []
  const [start = 0, end = start] = first.range ?? []
  return [
    { at: place(start, end), label: '', message: `more than ${maxAliases} aliases`, hint: 'write the values out' },
  ]
}
