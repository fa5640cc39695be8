import type { MinuteCache } from './minute-cache.ts'
import { playedSeries, type Dimensions, type PlayedSeries } from './played-metrics.ts'
import { parseScenario } from './scenario.ts'
import { mergeSamples, partOf, sampleCount, type Samples } from './statistics.ts'
import { inBins } from './seh1-bins.ts'
import { playOf, type Play } from './traffic.ts'
import type { World } from './types.ts'
import { arrivalClock, arrivedShare, minuteMs } from './user-split.ts'

/** Everything one account's CloudWatch has: what the traffic model plays and what was put. */

/** As `world.append('metric', …)` keeps it. */
export type PutDatum = {
  readonly account: string
  readonly key: string
  readonly namespace: string
  readonly name: string
  readonly dimensions: Dimensions
  readonly unit: string
  /** Time stamp of the datum; without high resolution the start of its minute. */
  readonly at: number
  readonly receivedAt: number
  readonly highResolution: boolean
  readonly samples: Samples
}

export type MetricRange = {
  readonly key: string
  readonly unit: string | null
  /** Inclusive. */
  readonly from: number
  /** Exclusive. */
  readonly to: number
  readonly highResolutionOnly: boolean
  /** What had arrived by then. */
  readonly asOf: number
}

export type StampedSamples = { readonly at: number; readonly samples: Samples }
export type KnownMetric = { readonly namespace: string; readonly name: string; readonly dimensions: Dimensions }

export type MetricStore = {
  /** In no order. */
  read(range: MetricRange): readonly StampedSamples[]
  /** Every metric that exists, once. */
  metrics(): readonly KnownMetric[]
}

/** The model plays no further back than CloudWatch keeps minutes. */
const playedForMs = 15 * 86_400_000

type Source = { readonly play: Play; readonly series: PlayedSeries }

/** `put` are the data of all accounts by metric key. */
export function metricStore(
  world: World,
  account: string,
  minute: MinuteCache,
  put: ReadonlyMap<string, readonly PutDatum[]>,
): MetricStore {
  const scenario = parseScenario(world.scenario)
  const sites = world.sites.filter((site) => site.account === account)
  const played = new Map<string, Source[]>()
  for (const site of sites) {
    const play = playOf(world, site, scenario)
    for (const series of playedSeries(world.metrics, site)) {
      played.set(series.key, [...(played.get(series.key) ?? []), { play, series }])
    }
  }
  const putFor = (key: string) => (put.get(key) ?? []).filter((datum) => datum.account === account)
  return {
    read: (range) => [
      ...(played.get(range.key) ?? []).flatMap((source) => readPlayed(source, range, minute)),
      ...putFor(range.key).filter((datum) => datumInRange(datum, range)),
    ],
    metrics: () => {
      const known = new Map<string, KnownMetric>()
      for (const [key, [source]] of played) if (source) known.set(key, source.series)
      for (const [key, data] of put) {
        const own = data.find((datum) => datum.account === account)
        if (own && !known.has(key)) known.set(key, own)
      }
      return [...known.values()].map(({ namespace, name, dimensions }) => ({ namespace, name, dimensions }))
    },
  }
}

function readPlayed({ play, series }: Source, range: MetricRange, minute: MinuteCache): readonly StampedSamples[] {
  if (range.highResolutionOnly || (range.unit !== null && range.unit !== series.unit)) return []
  const found: StampedSamples[] = []
  const first = Math.ceil(Math.max(range.from, range.asOf - playedForMs) / minuteMs) * minuteMs
  const arrival = arrivalClock(play.exposure, play.scenario, range.asOf)
  const { lateMs = 0, binned } = play.scenario.effects
  const isBinned = binned === true && series.unit === 'Milliseconds'
  for (let start = first; start < range.to && start < range.asOf; start += minuteMs) {
    const share = arrivedShare(start, series.lagMs + lateMs, arrival)
    const played = minute(play, start)
    const samples = partOf(mergeSamples(series.variants.map((variant) => played[variant][series.signal])), share)
    if (sampleCount(samples) > 0) found.push({ at: start, samples: isBinned ? inBins(samples) : samples })
  }
  return found
}

function datumInRange(datum: PutDatum, range: MetricRange): boolean {
  if (range.highResolutionOnly && !datum.highResolution) return false
  if (range.unit !== null && range.unit !== datum.unit) return false
  return datum.at >= range.from && datum.at < range.to && datum.receivedAt <= range.asOf
}
