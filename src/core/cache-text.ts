/** Headers that tell how old a copy is and who keeps it. */
const telling = ['x-cache', 'age', 'cache-control', 'etag'] as const

/** ` [x-cache: Hit from cloudfront; age: 37]`, or nothing. */
export function cacheText(headers: { readonly [name: string]: string }): string {
  const found = telling.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]))
  return found.length === 0 ? '' : ` [${found.join('; ')}]`
}
