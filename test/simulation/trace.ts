/** What happened, in order: always as one number, as text when it is asked for. */
export type Trace = {
  add(atMs: number, what: string): void
  hash(): string
  readonly lines: readonly string[]
}

export function trace(keep: boolean): Trace {
  const lines: string[] = []
  let [a, b] = [0x811c9dc5, 0x01000193]
  return {
    add: (atMs, what) => {
      a = Math.imul(a ^ atMs, 0x01000193)
      for (let i = 0; i < what.length; i += 1) {
        a = Math.imul(a ^ what.charCodeAt(i), 0x01000193)
        b = (Math.imul(b, 31) + a) | 0
      }
      if (keep) lines.push(`${(atMs / 1000).toFixed(3).padStart(9)}  ${what}`)
    },
    hash: () => `${(a >>> 0).toString(16).padStart(8, '0')}${(b >>> 0).toString(16).padStart(8, '0')}`,
    lines,
  }
}
