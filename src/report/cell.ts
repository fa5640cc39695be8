import type { Verdict } from '../core/verdict.ts'

/** A piece of a line of the report, nothing of it escaped: text, something typed or identified by, something to be seen. */
export type Inline =
  | string
  | { readonly code: string }
  | { readonly strong: string }
  /** `word` stands for itself where it is none of the verdicts: `held`, `not reached`. */
  | { readonly verdict: Verdict; readonly word?: string }

export type Cell = Inline | readonly Inline[]

/** A table as values: Markdown and HTML are written from it. No rows: no table. */
export type Table = {
  /** What the table shows, for readers who do not see the heading above it. */
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
}

export function inlines(cell: Cell): readonly Inline[] {
  return isList(cell) ? cell : [cell]
}

function isList(cell: Cell): cell is readonly Inline[] {
  return Array.isArray(cell)
}
