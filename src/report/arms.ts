import { mannWhitney } from '../core/stats/mann-whitney.ts'
import type { Charts, Line } from './charts.ts'

/** A metric of both versions over the stretches of time that both have: new against old. */
export type ArmsCompared = {
  readonly title: string
  readonly unit: string
  readonly stretches: number
  /** When the first one began, and the last one: epoch ms. */
  readonly from: number
  readonly to: number
  /** By how much the new version is higher: the median of all differences. */
  readonly shift: number
  /** The chance that one stretch of the new version is higher than one of the old. */
  readonly effect: number
  /** Two-sided. */
  readonly p: number
}

/** With fewer on each side the normal approximation behind p is no good. */
const fewest = 8

export function armsOf(charts: Charts | null): readonly ArmsCompared[] {
  return (charts?.slos ?? []).flatMap(({ title, unit, lines }) => {
    const [canary, control] = [settledOf(lines, 'canary'), settledOf(lines, 'control')]
    const both = [...canary.keys()].filter((at) => control.has(at))
    if (both.length < fewest) return []
    const values = (arm: ReadonlyMap<number, number>) => both.map((at) => arm.get(at) ?? 0)
    const found = mannWhitney(values(canary), values(control))
    const [from, to] = [Math.min(...both), Math.max(...both)]
    return found ? [{ title, unit, stretches: both.length, from, to, ...found }] : []
  })
}

function settledOf(lines: readonly Line[], of: Line['of']): ReadonlyMap<number, number> {
  const points = lines.find((line) => line.of === of)?.points ?? []
  return new Map(points.filter(({ settled }) => settled).map(({ at, value }) => [at, value]))
}
