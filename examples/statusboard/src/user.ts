const KEY = 'statusboard.user'
const ID = /^[A-Za-z0-9._-]{1,64}$/

/** A first-party id that only deals this browser to a variant. `?user=ID` stands in for it on one page, for tests. */
export function userId(): string {
  const asked = new URLSearchParams(location.search).get('user')
  if (asked !== null && ID.test(asked)) return asked
  try {
    const known = localStorage.getItem(KEY)
    if (known !== null && ID.test(known)) return known
    const made = crypto.randomUUID()
    localStorage.setItem(KEY, made)
    return made
  } catch {
    // Storage is blocked or this is no secure context: the user has no id and gets the flag's default variant.
    return ''
  }
}

/** `?board=v2` shows the new board to whoever asks, before any rollout. A rollback overrules it. */
export function previewAsked(): boolean {
  return new URLSearchParams(location.search).get('board') === 'v2'
}
