import { formatCount, formatQuantity } from '../core/quantity.ts'
import { fail, pass, unknown, type Judgement, type Verdict } from '../core/verdict.ts'
import {
  controlBreach,
  controlBreachText,
  leftOutText,
  reaches,
  sharedMinutes,
  totalOf,
  type Part,
} from './shared-incident.ts'

/**
 * Judges a quotient of sums over minutes against a limit it must stay below. Slow share, error share and mean are all of
 * this form, so floors, early fails and shared incidents are decided here once.
 */
export type QuotientQuestion = {
  readonly subject: readonly Part[]
  /** Minutes of the concurrent control; null when there is none. */
  readonly control: readonly Part[] | null
  readonly limit: number
  readonly unit: string
  /** Samples needed before a pass and before a fail (a fail rolls back). */
  readonly floor: number
  /** True when the top counts bad ones among the samples: it can only grow, so a breach can be certain before the floor. */
  readonly events: boolean
  /** What the samples are called: `212 of 300 requests`. */
  readonly noun: string
  /** What breached or held, for `why`: `slow share`, `errors / requests`. */
  readonly subjectName: string
  /** A looser limit from which it fails, and the parts that one bounds where they are others; reaching `limit` alone is unknown. */
  readonly rollback?: {
    readonly limit: number
    readonly subject: readonly Part[]
    readonly control: readonly Part[] | null
    readonly subjectName: string
  } | null
}

export type QuotientAnswer = {
  readonly verdict: Exclude<Verdict, 'waived'>
  /** Null without samples; never NaN. */
  readonly value: number | null
  readonly samples: number
  readonly leftOut: number
  readonly why: string
}

/**
 * Two limits: from the looser one on it fails, and between them nothing is known to be right or wrong. Minutes in which the
 * control reaches a limit are left out of what that limit bounds.
 */
export function judgeQuotient(question: QuotientQuestion): QuotientAnswer {
  const { rollback } = question
  const answer = judgeOne(question)
  if (!rollback) return answer
  const beyond = judgeOne({ ...question, ...rollback })
  if (beyond.verdict === 'fail') return { ...beyond, value: answer.value ?? beyond.value }
  if (answer.verdict !== 'fail') return answer
  const found = `${question.subjectName} ${formatQuantity(answer.value ?? 0, question.unit)} of ${formatCount(answer.samples)} ${question.noun}`
  return {
    ...answer,
    verdict: 'unknown',
    why: `${found}: outside the promotion limit, inside the rollback limit${leftOutText(answer.leftOut)}`,
  }
}

/**
 * Below the floor the answer is unknown, with one exception: `top / floor ≥ limit` fails early, for then even all-good
 * samples up to the floor could not bring the quotient back below the limit. The exception needs counted events; a mean
 * has none, as one slow outlier among few samples could carry its sum.
 */
function judgeOne(question: QuotientQuestion): QuotientAnswer {
  const { control, limit, floor, noun } = question
  const shared = sharedMinutes(control ?? [], question)
  const kept = question.subject.filter((part) => !shared.has(part.start))
  const leftOut = question.subject.length - kept.length
  const left = leftOutText(leftOut)
  const { top, samples } = totalOf(kept)
  const value = samples > 0 ? top / samples : null
  if (value === null || !Number.isFinite(value)) {
    return { verdict: 'unknown', value: null, samples: 0, leftOut, why: `no ${noun} in any settled minute${left}` }
  }

  const answer = { value, samples, leftOut }
  const measured = `${question.subjectName} ${formatQuantity(value, question.unit)} of ${formatCount(samples)} ${noun}`
  const needed = `${formatCount(samples)} of ${formatCount(floor)} ${noun}`
  if (!reaches(value, limit)) {
    if (samples < floor) return { ...answer, verdict: 'unknown', why: `${needed}${left}` }
    if (incidentGoesOn(control, shared))
      return { ...answer, verdict: 'unknown', why: `control breaches in the newest minute: shared incident${left}` }
    return { ...answer, verdict: 'pass', why: `${measured}${left}` }
  }

  const certain = question.events && reaches(top / floor, limit)
  if (samples < floor && !certain)
    return { ...answer, verdict: 'unknown', why: `${needed}, ${formatQuantity(value, question.unit)} so far${left}` }
  const breach = controlBreach(
    (control ?? []).filter((part) => !shared.has(part.start)),
    question,
  )
  if (breach) {
    return {
      ...answer,
      verdict: 'unknown',
      why: `${controlBreachText(formatQuantity(breach.value, question.unit), breach.samples)}${left}`,
    }
  }
  return { ...answer, verdict: 'fail', why: `${measured}, limit ${formatQuantity(limit, question.unit)}${left}` }
}

function incidentGoesOn(control: readonly Part[] | null, shared: ReadonlySet<unknown>): boolean {
  const newest = control?.at(-1)
  return newest !== undefined && shared.has(newest.start)
}

/** The answer as a judgement; `found` says how the caller shows the value. */
export function judgementOf(answer: QuotientAnswer, found: Partial<Omit<Judgement, 'verdict' | 'why'>>): Judgement {
  const judge = { pass, fail, unknown }[answer.verdict]
  return judge(answer.why, { ...found, samples: answer.samples })
}
