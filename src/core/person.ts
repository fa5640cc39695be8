/** Who somebody is to a reader: a name without its mail address. The journal keeps both; a lone address stays. */
export function nameOf(by: string): string {
  return by.replace(/\s*<[^<>]*>\s*$/, '') || by
}
