/** How big and how deep a run sheet may be: far above any real one, far below what makes a parser slow. */
export const maxChars = 256 * 1024
export const maxNodes = 10_000
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
  const brackets = /"(?:[^"\\]|\\.)*"|(?<=[\s[{,:-])'[^']*'|(?<=^|\s)#.*|[[\]{}]/gmu
  let depth = 0
  for (const match of text.matchAll(brackets)) {
    const [found] = match
    if (found === '[' || found === '{') depth += 1
    if (found === ']' || found === '}') depth = Math.max(0, depth - 1)
    if (depth > maxFlowDepth) return { offset: match.index, what: 'lists and maps are nested too deep here' }
  }
  return null
}
