/** Headers that tell how old a copy is and who keeps it. */
const telling = ['x-cache', 'age', 'cache-control', 'etag'] as const

/** The longest that caches may keep a copy, by its `cache-control`; null when that says nothing. */
export function maxAgeMs(headers: { readonly [name: string]: string }): number | null {
  const ages = [...(headers['cache-control'] ?? '').matchAll(/(?:^|[\s,])(?:s-maxage|max-age)=(\d+)/gi)]
  return ages.length === 0 ? null : Math.max(...ages.map(([, seconds]) => Number(seconds))) * 1000
}

/** ` [x-cache: Hit from cloudfront; age: 37]`, or nothing. */
export function cacheText(headers: { readonly [name: string]: string }): string {
  const found = telling.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]))
  return found.length === 0 ? '' : ` [${found.join('; ')}]`
}
