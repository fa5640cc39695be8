import type { CustomErrorResponse } from '@aws-sdk/client-cloudfront'

/** CloudFront keeps an error for ten seconds unless it is told otherwise; more is more than a release takes to be complete. */
const harmlessSeconds = 10

/**
 * What a distribution does to errors that a deploy suffers from. A page instead of a missing file: browsers get HTML for a script, and
 * every check that looks at the status sees 200. Errors that are kept: a file that was asked for too early stays away.
 */
export function errorPageTraps(responses: readonly CustomErrorResponse[]): readonly string[] {
  return responses.flatMap(({ ErrorCode, ResponseCode, ResponsePagePath, ErrorCachingMinTTL }) => {
    const isMissing = ErrorCode === 403 || ErrorCode === 404
    const hides = isMissing && Boolean(ResponsePagePath) && (ResponseCode ?? '').startsWith('2')
    const keeps = (ErrorCachingMinTTL ?? 0) > harmlessSeconds
    return [
      ...(hides ? [`answers ${ResponseCode} with ${ResponsePagePath} where a file is missing (${ErrorCode})`] : []),
      ...(keeps ? [`keeps every ${ErrorCode} for ${ErrorCachingMinTTL} s`] : []),
    ]
  })
}
