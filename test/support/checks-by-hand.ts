import type { CheckSpec } from '../../src/core/check.ts'

/** One check as `launch explain --points` prints it, read back as a captain with a calculator would. */
export type PrintedCheck = {
  /** `observed`, `why`, `basis`, … */
  readonly rows: { readonly [label: string]: string }
  /** Periods by `metric variant`, oldest first; `use` is what the line says became of it. */
  readonly points: { readonly [series: string]: readonly Point[] }
}
export type Point = {
  readonly minute: number
  readonly count: number
  readonly sum: number
  readonly over: number
  readonly use: 'earlier' | 'used' | 'not settled'
}
type Said = 'pass' | 'fail' | 'unknown'
/** What a rule reads of a check as its run sheet has it: quantities are numbers by then. */
type Written = CheckSpec & { readonly [field: string]: unknown }

export function readCheck(lines: readonly string[]): PrintedCheck {
  const rows: Record<string, string> = {}
  const points: Record<string, Point[]> = {}
  let own: Point[] = []
  for (const line of lines) {
    const [, time, count, sum, over, use] =
      /^ {4}(\S+Z) +([\d,]+) samples? +sum ([\d.,e+-]+) *(?:([\d,]+) over)? +(earlier|used|not settled)$/.exec(line) ??
      []
    const [, name] = /^ {2}(\S+ (?:canary|control|all))$/.exec(line) ?? []
    const [, label, text] = /^ {2}([a-z]+) {2,}(.*)$/.exec(line) ?? []
    if (time && count && sum && use) {
      const [hours = 0, minutes = 0] = time.split(':').map(Number)
      const of = { count: plain(count), sum: plain(sum), over: plain(over ?? '0') }
      // The word is one of the three that the pattern allows.
      own.push({ minute: hours * 60 + minutes, ...of, use: use as Point['use'] })
    } else if (name) own = points[name] = []
    else if (label && text) rows[label] ??= text
  }
  return { rows, points }
}

/** The verdict that the documented rule of its kind gives for the numbers in the lines, without a look at any verdict. */
export const byHand: { readonly [kind: string]: (check: Written, printed: PrintedCheck) => Said } = {
  average: ({ metric, below, floor }, { points }) => {
    const own = used(points, series(metric, 'canary'))
    return withFloor(total(own, 'sum'), total(own, 'count'), value(below), number(floor, 50), false)
  },
  percentile: ({ metric, percentile, floor }, { points }) => {
    const own = used(points, series(metric, 'canary'))
    const share = (100 - number(percentile, 95)) / 100
    return withFloor(total(own, 'over'), total(own, 'count'), share, number(floor, Math.round(10 / share)), true)
  },
  ratio: ({ bad, of, below, floor }, { points }) => {
    const own = used(points, series(bad, 'canary'))
    return withFloor(
      total(own, 'sum'),
      total(used(points, series(of, 'canary')), 'sum'),
      value(below),
      number(floor, 300),
      true,
    )
  },
  count: ({ metric, per, below }, { points }) => {
    const own = used(points, series(metric, 'canary'))
    const length = number(per, 0) / 60_000
    const sums = own.map(({ minute }) =>
      total(
        own.filter((other) => other.minute > minute - length && other.minute <= minute),
        'sum',
      ),
    )
    if (Math.max(...sums) >= value(below)) return 'fail'
    return own.length >= length ? 'pass' : 'unknown'
  },
  spike: (check, { rows, points }) => {
    const { metric, of } = check
    const [, d = '', m = ''] = /dispersion d = ([\d.]+).*\)\/(\d+) with m expected/.exec(rows['basis'] ?? '') ?? []
    const newest = used(points, series(metric, 'canary'))
    const requests = total(used(points, series(of, 'canary')), 'sum')
    const perRequest = Number(/([\d.]+) expected/.exec(rows['why'] ?? '')?.[1]) / requests
    const isSpike = (events: number, among: number) => {
      const mean = perRequest * among
      const extra = Number(d) * mean * mean
      const size = (mean * mean) / (extra + (mean + extra) / Number(m))
      const isFar = events >= number(check['factor'], 2) * mean && events >= mean + number(check['margin'], 5)
      return isFar && negativeBinomialAtLeast(events, mean, size) < 0.001
    }
    if (!isSpike(total(newest, 'sum'), requests)) return 'pass'
    const before = (name: string) => (points[name] ?? []).filter(({ use }) => use === 'earlier').slice(-newest.length)
    const wasSpike = isSpike(total(before(series(metric, 'canary')), 'sum'), total(before(series(of, 'canary')), 'sum'))
    return wasSpike ? 'fail' : 'unknown'
  },
  steady: ({ traffic, window }, { points }) => {
    const wanted = number(window, 0) / 60_000
    const own = used(points, series(traffic, 'canary')).filter(({ sum }) => sum > 0)
    const gaps = own.map(({ minute }, index) => minute - (own[index - 1]?.minute ?? minute - 1) - 1)
    return own.length >= 0.9 * wanted && Math.max(...gaps) <= 2 ? 'pass' : 'unknown'
  },
  compare: ({ bad, of, atMost, floor }, { points }) => {
    const sum = (name: string) => total(used(points, name), 'sum')
    const [k, n, other, all] = [
      sum(series(bad, 'canary')),
      sum(series(of, 'canary')),
      sum(series(bad, 'control')),
      sum(series(of, 'control')),
    ]
    if (k === 0 || k / n < number(atMost, 1) * (other / all)) return n >= number(floor, 300) ? 'pass' : 'unknown'
    return k >= 3 && atLeastOf(k, n, k + other, n + all) < 0.01 ? 'fail' : 'unknown'
  },
  'burn-rate': ({ bad, of, objective, budget, period, long, short }, { points }) => {
    const both = ['canary', 'control']
    const last = (metric: unknown, lengthMs: unknown) =>
      both.flatMap((arm) => used(points, series(metric, arm)).slice(-number(lengthMs, 0) / 60_000))
    const budgetLeft = 1 - number(objective, 0)
    const limit = (number(budget, 0) * number(period, 0)) / number(long, 1)
    const rate = (length: unknown) => total(last(bad, length), 'sum') / total(last(of, length), 'sum') / budgetLeft
    const isBurning = rate(long) >= limit && rate(short) >= limit && total(last(bad, long), 'sum') >= 3
    return isBurning ? 'fail' : 'pass'
  },
  baseline: ({ metric, atMost }, { rows, points }) => {
    const own = used(points, series(metric, 'canary'))
    const before = plain(/([\d.,]+) before/.exec(rows['why'] ?? '')?.[1] ?? '')
    if (total(own, 'count') < 50) return 'unknown'
    return total(own, 'sum') / total(own, 'count') / before > number(atMost, 1) ? 'fail' : 'pass'
  },
  data: ({ within }, { rows, points }) => {
    const ages = Object.values(points).map((own) => {
      const until = /to (\d\d):(\d\d)/.exec(rows['points'] ?? '') ?? []
      const end = Number(until[1]) * 60 + Number(until[2])
      return end - ((own.findLast(({ use }) => use === 'used')?.minute ?? -Infinity) + 1)
    })
    return ages[0] !== undefined && ages[0] <= number(within, 0) / 60_000 ? 'pass' : 'unknown'
  },
}

/** A share that reaches its limit whatever comes until there are enough is one already; a mean of few is nothing. */
function withFloor(top: number, n: number, limit: number, floor: number, isShare: boolean): Said {
  if (isShare && n < floor) return top >= limit * floor ? 'fail' : 'unknown'
  if (n < floor) return 'unknown'
  return top / n < limit ? 'pass' : 'fail'
}

function used(points: PrintedCheck['points'], name: string): readonly Point[] {
  return (points[name] ?? []).filter(({ use }) => use === 'used')
}

/** As the heading of its periods has it. */
function series(metric: unknown, arm: string): string {
  return `${typeof metric === 'string' ? metric : ''} ${arm}`
}

function total(points: readonly Point[], field: 'count' | 'sum' | 'over'): number {
  return points.reduce((sum, point) => sum + point[field], 0)
}

/** P(X ≥ k) of a negative binomial law with this mean and size, term by term. */
function negativeBinomialAtLeast(k: number, mean: number, size: number): number {
  const p = size / (size + mean)
  let term = p ** size
  let below = 0
  for (let i = 0; i < k; i++) {
    below += term
    term *= ((i + size) / (i + 1)) * (1 - p)
  }
  return 1 - below
}

/** P(X ≥ k): of `all` of which `bad` are bad, n are drawn. */
function atLeastOf(k: number, n: number, bad: number, all: number): number {
  const logs = [0]
  for (let i = 1; i <= all; i++) logs.push((logs[i - 1] ?? 0) + Math.log(i))
  const choose = (a: number, b: number) => (logs[a] ?? 0) - (logs[b] ?? 0) - (logs[a - b] ?? 0)
  let tail = 0
  for (let i = k; i <= Math.min(n, bad); i++)
    tail += Math.exp(choose(bad, i) + choose(all - bad, n - i) - choose(all, n))
  return tail
}

function number(field: unknown, otherwise: number): number {
  return typeof field === 'number' ? field : otherwise
}

/** A limit with its unit. */
function value(limit: unknown): number {
  if (typeof limit === 'object' && limit !== null && 'value' in limit) return number(limit.value, NaN)
  return number(limit, NaN)
}

function plain(text: string): number {
  return Number.parseFloat(text.replaceAll(',', ''))
}
