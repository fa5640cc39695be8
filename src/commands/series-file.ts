import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { z } from 'zod'
import { epochMs, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { MetricPlan } from '../core/plan.ts'
import type { RecordedMetrics, RecordedMinute, Shift } from '../core/recorded.ts'

const Instant = z.iso.datetime({ offset: true, error: 'a time like 2026-12-01T18:00:00Z' })
const Count = z.number({ error: 'a number' }).int('a whole number').nonnegative('a number of 0 or more')

/** One recorded period of a metric: `{"metric":"requests","variant":"canary","minute":"2026-12-01T18:00:00Z","count":1,"sum":600}`. */
const MinuteLine = z.strictObject({
  metric: z.string({ error: 'the id of a metric' }).min(1, 'the id of a metric'),
  variant: z.enum(['canary', 'control'], { error: '"canary", "control" or null' }).nullable(),
  minute: Instant,
  count: Count,
  sum: z.number({ error: 'a number' }),
  over: z.record(z.string().regex(/^\d+(?:\.\d+)?$/), Count).optional(),
})
/** The flag stood at this percent of users from then on; 0 is a rollback. */
const StageLine = z.strictObject({
  stage: z
    .number({ error: 'a percent from 0 to 100' })
    .min(0, 'a percent from 0 to 100')
    .max(100, 'a percent from 0 to 100'),
  at: Instant,
})
type MinuteLine = z.infer<typeof MinuteLine>

export type RecordedFile = { readonly metrics: RecordedMetrics; readonly shifts: readonly Shift[] }

/** Reads recorded minutes (docs/backtest.md); a path is looked for in the folders in turn. Throws NOT_FOUND and what `parseSeries` throws. */
export async function readSeriesFile(
  path: string,
  folders: readonly string[],
  metrics: { readonly [id: string]: MetricPlan },
): Promise<RecordedFile> {
  for (const folder of folders) {
    const text = await readFile(resolve(folder, path), 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
      throw unreadable(path, error)
    })
    if (text !== null) return parseSeries(path, text, metrics)
  }
  throw unreadable(path, null)
}

function unreadable(path: string, cause: unknown): LaunchError {
  const hint = 'name a file of recorded minutes; docs/backtest.md says what is in one'
  return new LaunchError('NOT_FOUND', `${path} cannot be read`, { hint, ...(cause !== null && { cause }) })
}

/** Throws USAGE with `file:line`. */
export function parseSeries(path: string, text: string, metrics: { readonly [id: string]: MetricPlan }): RecordedFile {
  const lines = text.split('\n').map((line, index) => ({ line: line.trim(), where: `${path}:${index + 1}` }))
  const parsed = lines
    .filter(({ line }) => line !== '')
    .map(({ line, where }) => ({ ...parsedLine(line, where), where }))
  const shifts: Shift[] = []
  const arms = new Map<string, { told: boolean; minutes: Map<string, Map<EpochMs, RecordedMinute>> }>()
  for (const one of parsed) {
    if ('stage' in one) {
      const at = epochMs(Date.parse(one.at))
      const before = shifts.at(-1)
      if (before && at <= before.at) throw wrong(one.where, 'its time is not after that of the stage before')
      shifts.push({ percent: one.stage, at })
    } else addMinute(arms, one, one.where, metrics)
  }
  if (arms.size === 0) throw new LaunchError('USAGE', `${path} holds no minute of a metric`, { hint: format })
  return { metrics: Object.fromEntries([...arms].map(([id, arm]) => [id, metricOf(arm)])), shifts }
}

const format =
  'every line is {"metric":…,"variant":"canary"|"control"|null,"minute":…,"count":…,"sum":…,"over":{"800":…}} or {"stage":…,"at":…}'

type Arms = { told: boolean; readonly minutes: Map<string, Map<EpochMs, RecordedMinute>> }

function addMinute(
  arms: Map<string, Arms>,
  { metric, variant, minute, count, sum, over = {} }: MinuteLine,
  where: string,
  metrics: { readonly [id: string]: MetricPlan },
): void {
  const planned = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined
  if (!planned)
    throw wrong(
      where,
      `metric "${metric}" is not in the run sheet; it has ${Object.keys(metrics).join(', ') || 'none'}`,
    )
  const start = epochMs(Date.parse(minute))
  if (start % planned.periodMs !== 0)
    throw wrong(where, `${minute} is not the beginning of a period of ${planned.periodMs / 1000}s`)
  const rising = Object.entries(over).toSorted(([a], [b]) => Number(a) - Number(b))
  const counts = [count, ...rising.map(([, above]) => above)]
  if (counts.some((above, index) => above > (counts[index - 1] ?? above)))
    throw wrong(where, 'more samples above a cut point than in all, or than above a lower one')
  const own = arms.get(metric) ?? { told: variant !== null, minutes: new Map() }
  arms.set(metric, own)
  if (own.told !== (variant !== null))
    throw wrong(where, `${metric} is told apart by variant in some lines and not in others`)
  const arm = own.minutes.get(variant ?? '') ?? new Map<EpochMs, RecordedMinute>()
  own.minutes.set(variant ?? '', arm)
  if (arm.has(start)) throw wrong(where, `a second line for ${metric} ${variant ?? 'of everybody'} at ${minute}`)
  arm.set(start, { start, count, sum, over })
}

function metricOf({ told, minutes }: Arms): RecordedMetrics[string] {
  const arm = (name: string) => minutes.get(name) ?? new Map<EpochMs, RecordedMinute>()
  // The old version alone is a quiet day: everybody had it.
  if (told && !minutes.has('canary')) return { told: false, all: arm('control') }
  return told ? { told: true, canary: arm('canary'), control: arm('control') } : { told: false, all: arm('') }
}

function parsedLine(line: string, where: string): MinuteLine | z.infer<typeof StageLine> {
  const value = jsonOf(line, where)
  const isStage = typeof value === 'object' && value !== null && 'stage' in value
  const found = (isStage ? StageLine : MinuteLine).safeParse(value)
  if (found.success) return found.data
  const [issue] = found.error.issues
  const field = issue?.path.join('.') ?? ''
  throw wrong(where, `${field === '' ? '' : `${field}: `}expected ${expected(issue)}`)
}

function expected(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `no field ${issue.keys.join(', ')}`
  if (issue?.code === 'invalid_key') return 'a cut point: a number in quotes'
  return issue?.message.replace(/^Invalid input: expected /, '') ?? 'something else'
}

function jsonOf(line: string, where: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw wrong(where, 'expected one JSON object in a line')
  }
}

function wrong(where: string, what: string): LaunchError {
  return new LaunchError('USAGE', `${where}: ${what}`, { hint: format })
}
