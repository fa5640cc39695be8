/**
 * How long the edge keeps an answer: CloudFront's managed CachingOptimized policy. `s-maxage` before `max-age`, at
 * least 1 s (so `no-cache`, `no-store` and `private` are held 1 s), at most a year, a day without Cache-Control.
 */
export const edgeTtl = { minMs: 1000, defaultMs: 86_400_000, maxMs: 31_536_000_000, errorMs: 10_000 } as const

export function edgeTtlMs(cacheControl: string | null): number {
  if (cacheControl === null || cacheControl.trim() === '') return edgeTtl.defaultMs
  const directives = cacheControl.toLowerCase()
  if (/\bno-cache\b|\bno-store\b|\bprivate\b/.test(directives)) return edgeTtl.minMs
  const seconds = /\bs-maxage\s*=\s*"?(\d+)/.exec(directives)?.[1] ?? /\bmax-age\s*=\s*"?(\d+)/.exec(directives)?.[1]
  if (seconds === undefined) return edgeTtl.defaultMs
  return Math.min(Math.max(Number(seconds) * 1000, edgeTtl.minMs), edgeTtl.maxMs)
}
