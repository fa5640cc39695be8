/** Who somebody is to a reader: a name without its mail address. The journal keeps both; a lone address stays. */
export function nameOf(by: string): string {
  const text = by.trimEnd()
  const at = text.lastIndexOf('<')
  const isAddress = at >= 0 && text.indexOf('>', at) === text.length - 1
  return (isAddress && text.slice(0, at).trimEnd()) || by
}
