/** Headers that tell how old a copy is and who keeps it. */
const telling = ['x-cache', 'age', 'cache-control', 'etag'] as const

/**
 * The longest that caches may keep a copy, by its `cache-control`, or have kept this one, by its `age`: a CDN may be told to go over the
 * former. Null when neither says anything.
 */
export function maxAgeMs(headers: { readonly [name: string]: string }): number | null {
  const allowed = [...(headers['cache-control'] ?? '').matchAll(/(?:^|[\s,])(?:s-maxage|max-age)=(\d+)/gi)]
  const kept = [...(/^\d+$/.exec(headers['age']?.trim() ?? '') ?? [])]
  const seconds = [...allowed.map(([, given]) => given), ...kept].map(Number)
  return seconds.length === 0 ? null : Math.max(...seconds) * 1000
}

/** ` [x-cache: Hit from cloudfront; age: 37]`, or nothing. */
export function cacheText(headers: { readonly [name: string]: string }): string {
  const found = telling.flatMap((name) => (headers[name] === undefined ? [] : [`${name}: ${headers[name]}`]))
  return found.length === 0 ? '' : ` [${found.join('; ')}]`
}
