import { z } from 'zod'
import { defineCheck, overShape, type Look } from '../core/check.ts'
import type { Minute, Series, VariantName } from '../core/evidence.ts'
import { MetricRef, proportionOf } from '../core/fields.ts'
import { formatCount } from '../core/quantity.ts'
import { fisherTail } from '../core/stats/noncentral-hypergeometric.ts'
import { fewestPairs, pairedDifference } from '../core/stats/paired-difference.ts'
import { formatShare } from '../core/units.ts'
import { fail, pass, unknown, waived, type Judgement } from '../core/verdict.ts'
import { judgedMinutes } from './judged-minutes.ts'
import { reaches } from './shared-incident.ts'

type Spec = {
  readonly bad?: string | undefined
  readonly of?: string | undefined
  readonly metric?: string | undefined
  readonly over?: number | undefined
  readonly floor?: number | undefined
}
/** One version over the minutes that both have: `top / samples` is what is compared, `values` that of each minute. */
type Arm = { readonly top: number; readonly samples: number; readonly values: readonly number[] }

/** A difference as large as the one found has at most this chance when there is none (one-sided). */
const alpha = 0.01
/** Bad events without which nothing is called bad; statistics.md §2. */
const fewestEvents = 3
/** Samples of the new version a pass needs. */
const floors = { share: 300, mean: 50 } as const

export const compare = defineCheck({
  kind: 'compare',
  comparesOnly: true,
  about:
    'the new version against the old one in the same minutes, without a limit of its own: a share of bad events, or a mean',
  example: '{ kind: compare, bad: errors, of: requests, atMost: 150% }',
  hint: 'the new version is worse than the old one beside it: what both suffer is left out already, so look at what the release changed',
  shape: {
    ...overShape,
    bad: MetricRef.optional().describe('id of the metric that counts bad events, with of'),
    of: MetricRef.optional().describe('id of the metric that counts all events'),
    metric: MetricRef.optional().describe('or id of the metric whose mean is compared'),
    atMost: proportionOf('the old version’s').describe(
      'from how many times the old version’s value on a difference matters; above 100%, like 150%',
    ),
    floor: z
      .int()
      .positive()
      .optional()
      .describe('samples of the new version a pass needs, in minutes the old one has too; default 300, for a mean 50'),
  },
  needsVariants: true,
  problem: (check) => {
    if (check.atMost <= 1) return 'atMost is above 100%: less than no difference cannot be shown'
    const isShare = check.bad !== undefined && check.of !== undefined && check.metric === undefined
    const isMean = check.bad === undefined && check.of === undefined && check.metric !== undefined
    return isShare || isMean ? null : 'compare needs bad and of, or metric alone'
  },
  title: (check) =>
    `${check.metric === undefined ? `${check.bad} / ${check.of}` : `${check.metric} average`} ≤ ${formatShare(check.atMost)} of the old version`,
  needs: (check) => metricsOf(check).map((metric) => ({ need: 'series', metric })),
  signal: (check) => {
    if (check.over !== undefined) return null
    const { bad, of: all, metric, atMost } = check
    const compared = { below: null, atMost, floor: floorOf(check) }
    if (metric !== undefined) return { of: 'mean', metric, unit: '', ...compared }
    return bad === undefined || all === undefined ? null : { of: 'share', bad, all, ...compared }
  },
  judge: (check, look) => {
    const found = metricsOf(check).map((metric) => ({ metric, series: look.see({ need: 'series', metric }) }))
    const lost = found.find(({ series }) => series.status === 'missing')
    if (lost?.series.status === 'missing') return unknown(`${lost.metric}: ${lost.series.why}`)
    const seen = found.flatMap(({ metric, series }) =>
      series.status === 'seen' ? [{ metric, series: series.value }] : [],
    )
    const query = seen.map(({ series }) => series.query).join('; ')
    const alone = seen.find(({ series }) => series.minutes.all !== undefined)
    if (alone) return unknown(`${alone.metric} does not tell the versions apart`, { query })
    if (look.subject !== 'canary') return waived('the new version serves nobody yet', { query })
    const all = seen.map(({ series }) => series)
    if (isAlone(all, look)) return waived('no old version is left to compare with', { query })

    const { canary, control, window } = armsOf(all, look, check.over ?? look.scope.overMs)
    const [own, usual] = [canary.top / canary.samples, control.top / control.samples]
    const measured = { query, window, samples: canary.samples, limit: check.atMost, unit: 'share' }
    const floor = floorOf(check)
    if (canary.samples === 0 || control.samples === 0)
      return unknown('no settled minute in which both versions have data', measured)
    const isShare = check.metric === undefined
    const said = `${told(own, isShare)} of ${formatCount(canary.samples)} against ${told(usual, isShare)} of ${formatCount(control.samples)} in the old version`
    const ratio = own / usual
    const known = { ...measured, ...(Number.isFinite(ratio) && { observed: ratio }) }
    if (!isShare && !(usual > 0)) return unknown(`${said}: no proportion of that`, measured)
    const isBeyond = isShare ? own > 0 && reaches(own, check.atMost * usual) : reaches(ratio, check.atMost)
    if (!isBeyond)
      return canary.samples < floor
        ? unknown(`${formatCount(canary.samples)} of ${formatCount(floor)} needed; ${said}`, known)
        : pass(said, known)
    if (!isShare) return byMinutes(canary, control, said, known)
    const p = fisherTail(
      canary.top,
      Math.max(canary.top, canary.samples),
      control.top,
      Math.max(control.top, control.samples),
    )
    const chance = `chance ${p < 1e-4 ? 'below 0.01%' : formatShare(Number(p.toPrecision(2)))} when both are alike`
    return p < alpha && canary.top >= fewestEvents
      ? fail(`${said}: ${chance}`, known)
      : unknown(`${said}: not certain, ${chance}, less than ${formatShare(alpha)} needed`, known)
  },
})

/** A mean is looked at again with every minute, so the difference of the minutes is held against a sequence of bounds. */
function byMinutes(canary: Arm, control: Arm, said: string, known: Partial<Judgement>): Judgement {
  const found = pairedDifference(canary.values, control.values, alpha)
  if (!found) return unknown(`${said}: ${canary.values.length} of ${fewestPairs} minutes that both have`, known)
  const { mean, halfWidth } = found
  const more = `${told(mean, false)} more a minute, ${told(halfWidth, false)} of it uncertain`
  return mean - halfWidth > 0 ? fail(`${said}: ${more}`, known) : unknown(`${said}: not certain, ${more}`, known)
}

function metricsOf({ bad, of, metric }: Spec): readonly string[] {
  return [of, bad, metric].filter((id) => id !== undefined)
}

function floorOf({ metric, floor }: Spec): number {
  return floor ?? (metric === undefined ? floors.share : floors.mean)
}

/** At 100 %, and after it when nothing of the old version comes any more. */
function isAlone(all: readonly Series[], { scope }: Look): boolean {
  const { percent = scope.rollout?.percent } = scope
  if (percent !== undefined) return percent >= 100
  return all.every((series) => (series.minutes.control ?? []).length === 0)
}

/** Both versions over the settled minutes in which everything is known of both. */
function armsOf(all: readonly Series[], look: Look, overMs: number | undefined) {
  const of = (variant: VariantName) => all.map((series) => judgedMinutes(series, variant, look, overMs))
  const [canary, control] = [of('canary'), of('control')]
  const [first] = canary
  const maps = [...canary, ...control].map(({ minutes }) => new Map(minutes.map((minute) => [minute.start, minute])))
  const starts = (first?.minutes ?? []).map(({ start }) => start).filter((start) => maps.every((map) => map.has(start)))
  const partOf = (own: readonly ReadonlyMap<number, Minute>[], start: number) => {
    const [of, bad] = own.map((map) => map.get(start))
    // Of two metrics the second counts the bad among what the first counts; a metric alone has samples and their sum.
    return bad ? { top: bad.sum, samples: of?.sum ?? 0 } : { top: of?.sum ?? 0, samples: of?.count ?? 0 }
  }
  const [ofCanary, ofControl] = [maps.slice(0, all.length), maps.slice(all.length)]
  const shared = starts.filter((start) => [ofCanary, ofControl].every((own) => partOf(own, start).samples > 0))
  const armFrom = (own: readonly ReadonlyMap<number, Minute>[]): Arm => {
    const parts = shared.map((start) => partOf(own, start))
    return {
      top: parts.reduce((sum, { top }) => sum + top, 0),
      samples: parts.reduce((sum, { samples }) => sum + samples, 0),
      values: parts.map(({ top, samples }) => top / samples),
    }
  }
  return {
    window: first?.window ?? look.window,
    canary: armFrom(ofCanary),
    control: armFrom(ofControl),
  }
}

function told(value: number, isShare: boolean): string {
  return isShare ? formatShare(value) : formatCount(Number(value.toPrecision(4)))
}
