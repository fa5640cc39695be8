import { z } from 'zod'
import { defineCheck, type Look, type NeedScope } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { Duration } from '../core/fields.ts'
import { formatDuration } from '../core/units.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

type Spec = {
  readonly urls?: readonly string[] | undefined
  readonly expect: number
  readonly below?: number | undefined
  readonly timeout: number
}

export const http = defineCheck({
  kind: 'http',
  about: 'addresses answer with the expected status; by default the health paths of the environment',
  example: '{ kind: http, health: true, expect: 200 }',
  hint: '404s after a deploy: check the CloudFront invalidation and wait 5 to 10 minutes for it to spread; CORS errors: confirm the API endpoint configuration and the proxy settings',
  shape: {
    urls: z
      .array(z.string().regex(/^(\/|https?:\/\/)/, 'write a path like /api/health or an address with https://'))
      .min(1)
      .optional()
      .describe('addresses to get; a path belongs to the environment'),
    health: z
      .literal(true)
      .optional()
      .describe('the health paths of the environment; this is what a check without urls asks'),
    expect: z.int().min(100).max(599).default(200).describe('HTTP status that is right'),
    below: Duration.optional().describe('limit for the time of one answer; equal fails'),
    timeout: Duration.default(10_000).describe('how long an answer may take before it counts as none'),
  },
  title: (check) =>
    `${check.urls?.join(', ') ?? 'health'} answers ${check.expect}${check.below === undefined ? '' : ` < ${formatDuration(check.below)}`}`,
  needs: (check, scope) => urlsOf(check, scope).map((url) => needOf(check, url)),
  judge: (check, look) => {
    const answers = urlsOf(check, look.scope).map((url) => answerOf(check, url, look))
    const good = answers.filter((answer) => answer.verdict === 'pass').length
    const found = { observed: `${good} of ${answers.length} right`, limit: `${check.expect}`, samples: answers.length }
    const bad = answers.filter((answer) => answer.verdict === 'fail')
    if (bad.length > 0) return fail(bad.map((answer) => answer.why).join('; '), found)
    const silent = answers.filter((answer) => answer.verdict === 'unknown')
    if (silent.length > 0) return unknown(silent.map((answer) => answer.why).join('; '), found)
    if (answers.length === 0) return unknown('the environment has no health paths', found)
    return pass(answers.map((answer) => answer.why).join('; '), found)
  },
})

/** `health: true` and `urls` may stand together; without either it is the health paths. */
function urlsOf(check: Spec & { readonly health?: true | undefined }, scope: NeedScope): readonly string[] {
  const { url, health } = scope.environment
  const paths = [...(check.health || !check.urls ? health : []), ...(check.urls ?? [])]
  return [...new Set(paths.map((path) => (path.startsWith('/') ? `${url}${path}` : path)))]
}

function needOf(check: Spec, url: string): NeedOf<'http'> {
  return { need: 'http', url, timeoutMs: check.timeout }
}

function answerOf(check: Spec, url: string, look: Look) {
  const answer = look.see(needOf(check, url))
  if (answer.status === 'missing') return { verdict: 'unknown', why: `${url}: ${answer.why}` } as const
  const { status, ms } = answer.value
  if (status !== check.expect) return { verdict: 'fail', why: `${url} answers ${status}, not ${check.expect}` } as const
  const took = `${url} ${status} in ${formatDuration(ms)}`
  return check.below !== undefined && ms >= check.below
    ? ({ verdict: 'fail', why: `${took}, limit ${formatDuration(check.below)}` } as const)
    : ({ verdict: 'pass', why: took } as const)
}
