import fc from 'fast-check'

// Fields that a schema allows only certain words in.
const closed = new Set(['type', 'verdict', 'outcome', 'decision', 'ask', 'answer', 'status', 'onFail', 'need', 'state'])

/** Text somebody could put into a run sheet, a reason, a commit or an answer of a service. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    '\u001B[2J\u001B]8;;https://evil.example\u0007x',
    '\n\n# heading\n- [ ] box',
    '| a | b |\n|---|---|',
    '<script>alert(1)</script>',
    '@everyone #12 https://evil.example www.evil.example',
    '`code` ```\nfence',
    '](https://evil.example) ![x](y)',
    '--> <!-- </td>',
    '&lt;b&gt; &#x202E;',
    '\\| \\` \\<b>',
  ),
)

/** The same value with `x` and the text added to every string that is free text; the shape stays and no string is empty. */
export function poison<T>(value: T, text: string): T {
  // The walk below gives every part back in its own shape: strings as strings, lists as lists, records as records.
  return walk(value, `x${text}`) as T
}

function walk(value: unknown, text: string): unknown {
  if (typeof value === 'string') return value + text
  if (Array.isArray(value)) return value.map((item) => walk(item, text))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      closed.has(key) || isRollbackKind(key, item) ? item : walk(item, text),
    ]),
  )
}

function isRollbackKind(key: string, item: unknown): boolean {
  return key === 'kind' && (item === 'emergency' || item === 'full')
}
