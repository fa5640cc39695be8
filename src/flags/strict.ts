/** Readers of a foreign value that say what is wrong with it: `Malformed` carries a sentence for people. */
export class Malformed extends Error {}

export type Fields = { readonly [name: string]: unknown }

/** `known`: the only fields it may have; null admits any. */
export function record(value: unknown, what: string, known: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(`${what} is missing or not an object`)
  const odd = Object.keys(value).find((name) => known !== null && !known.includes(name))
  if (odd !== undefined) throw new Malformed(`${what} has an unknown field "${odd}"`)
  return Object.fromEntries(Object.entries(value))
}

export function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`)
  return value
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is ${show(value)}, not a text`)
  return value
}

export function boolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is ${show(value)}, neither true nor false`)
  return value
}

export function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Malformed(`${what} is ${show(value)}, not a number`)
  return value
}

export function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 60)
}

/** Runs a reader; what it finds wrong comes back as a sentence, JSON that is none among it. */
export function strictly<T>(read: () => T): T | { readonly malformed: string } {
  try {
    return read()
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.message }
    if (error instanceof SyntaxError) return { malformed: 'it is not JSON' }
    throw error
  }
}
