const segment = String.raw`(?!\.{1,2}(?:/|$))[A-Za-z0-9._-]{1,128}`
const segments = new RegExp(`^${segment}(?:/${segment})*$`)

/** Whether a key (or, with a trailing slash, a prefix) is what StateStore allows: no empty, `.` or `..` segment, nothing that needs quoting. */
export function isStateKey(key: string): boolean {
  return segments.test(key)
}

/** Throws on a key no caller may build: a bug, not a user's mistake. */
export function assertStateKey(key: string): void {
  if (!isStateKey(key)) throw new Error(`"${key}" is no state key`)
}

export function assertStatePrefix(prefix: string): void {
  if (prefix !== '' && !(prefix.endsWith('/') && isStateKey(prefix.slice(0, -1))))
    throw new Error(`"${prefix}" is no state prefix`)
}
