/** How big and how deep a run sheet may be: far above any real one, far below what makes a parser slow. */
export const maxChars = 256 * 1024
export const maxNodes = 10_000
/** Of one text in it. */
export const maxTextChars = 16 * 1024
const maxFlowDepth = 32
const maxIndent = 200

type TooDeep = { readonly offset: number; readonly what: string }

/**
 * Finds the first place that is nested deeper than a run sheet can need, before the parser sees the text. It does not know
 * YAML, only brackets outside quotes and comments, and how far lines are indented (`- - -` counts).
 */
export function tooDeep(text: string): TooDeep | null {
  const lead = new RegExp(`^[ \\t?:-]{${maxIndent},}(?=\\S|-$)`, 'm').exec(text)
  if (lead) return { offset: lead.index + maxIndent - 1, what: 'this line is indented too far' }
  let depth = 0
  for (const { index, [0]: found } of tokensOf(text)) {
    if (found === '[' || found === '{') depth += 1
    if (found === ']' || found === '}') depth = Math.max(0, depth - 1)
    if (depth > maxFlowDepth) return { offset: index, what: 'lists and maps are nested too deep here' }
  }
  return null
}

const quoteless = String.raw`(?<=[\s[{,:-])'[^']*'|(?<=^|\s)#.*|[[\]{}]`
/** The group is empty for a quote that nothing closes. */
const anyToken = String.raw`"(?:[^"\\]|\\[^])*("?)|${quoteless}`

/**
 * Brackets, and what they mean nothing in. A double quote that nothing closes is no more than a character, and so are all behind
 * it: to look for the end of each would take the square of their number.
 */
function* tokensOf(text: string): Generator<RegExpExecArray> {
  for (const match of text.matchAll(new RegExp(anyToken, 'gmu'))) {
    if (match[1] !== '') yield match
    else {
      const behind = new RegExp(quoteless, 'gmu')
      behind.lastIndex = match.index + 1
      yield* text.matchAll(behind)
    }
  }
}
