import { readFileSync } from 'node:fs'

export type ParityRow = { readonly what: string; readonly name: string }

/** The machine-readable column of docs/parity.md: what a line of the paper became. */
export function parityTable(): {
  readonly rows: readonly ParityRow[]
  readonly of: (what: string) => readonly string[]
} {
  const rows = readFileSync(new URL('../../docs/parity.md', import.meta.url), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const where = /\| `(command|gate|check|field): ([^`]+)` \|$/.exec(line)
      return where ? [{ what: where[1] ?? '', name: where[2] ?? '' }] : []
    })
  return { rows, of: (what) => rows.filter((row) => row.what === what).map(({ name }) => name) }
}
