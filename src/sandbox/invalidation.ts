/** Until every edge has dropped what an invalidation names; virtual ms. Real ones take seconds to a few minutes. */
export const invalidationPropagationMs = 5000

/** CloudFront's quotas on paths of invalidations in progress: files, and paths with a wildcard. */
const quota = { paths: 3000, wildcards: 15 } as const

type Batch = { readonly paths: readonly string[]; readonly reference: string; readonly quantity: number }

/** Why CloudFront would not take a batch, or null. `open` are the paths of those still in progress. */
export function invalidationRefusal(
  batch: Batch,
  open: readonly string[],
): { readonly code: string; readonly message: string } | null {
  const { paths, reference, quantity } = batch
  if (reference === '') return { code: 'InvalidArgument', message: 'The parameter CallerReference is required.' }
  if (paths.length === 0) return { code: 'InvalidArgument', message: 'Your request must contain at least one path.' }
  if (quantity !== paths.length)
    return { code: 'InconsistentQuantities', message: 'The value of Quantity and the size of Items do not match.' }
  const bad = paths.find((path) => !path.startsWith('/') || path.length > 4000 || /\*./.test(path))
  if (bad !== undefined)
    return { code: 'InvalidArgument', message: 'Your request contains one or more invalid invalidation paths.' }
  if (paths.length > quota.paths)
    return { code: 'BatchTooLarge', message: 'Invalidation batch specified is too large.' }
  const wildcards = [...paths, ...open].filter((path) => path.endsWith('*')).length
  if (wildcards <= quota.wildcards && paths.length + open.length - wildcards <= quota.paths) return null
  return {
    code: 'TooManyInvalidationsInProgress',
    message:
      'Processing your request will cause you to exceed the maximum number of in-progress wildcard or file invalidations.',
  }
}

/** Whether an invalidation path (`/index.html`, `/assets/*`) names this request path. */
export function invalidates(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
}
