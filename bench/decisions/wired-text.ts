import { exposed, medianDelay, percent, share, type Cell } from './cell.ts'

/** What a run sheet makes of the judge: where the same judge does worse behind everything that a gate does. */
export function wiredText(cells: readonly Cell[]): readonly string[] {
  const pairs = cells.flatMap((alone) => {
    if (alone.method !== 'launch') return []
    const { scenario, rpm } = alone
    const wired = cells.find((cell) => cell.method === 'as wired' && cell.scenario === scenario && cell.rpm === rpm)
    return wired ? [{ alone, wired }] : []
  })
  if (pairs.length === 0) return []
  const worse = pairs.flatMap(({ alone, wired }) =>
    worseIn(alone, wired).map((text) => `- ${alone.scenario}, ${alone.rpm}/min: ${text}.`),
  )
  return [
    '## The judge in a run sheet, and where that is worse',
    '',
    '`launch` is the judge alone; `as wired` is the same judge through a canary gate (`ratio`, `percentile`, `average`), its needs and the evidence that each stage leaves behind. One thing differs: minutes of a stage that were not settled when it was left, at most the lag of three, are not carried over to the next ([decision 13](decisions/013-a-canary-is-judged-as-one.md)).',
    '',
    'Traffic is drawn from the same seeds until the two decide differently, so the same chance is in both columns. Worse, by whatever amount:',
    '',
    ...(worse.length === 0 ? ['- nowhere.'] : worse),
    '',
  ]
}

function worseIn(alone: Cell, wired: Cell): readonly string[] {
  const more = (what: string, of: (cell: Cell) => number) =>
    of(wired) > of(alone) ? [`${what} ${percent(of(wired))} % (alone ${percent(of(alone))} %)`] : []
  const held = (cell: Cell) => share(cell, 'held')
  if (alone.release === 'healthy')
    return [...more('rolled back', (cell) => share(cell, 'rolled-back')), ...more('held', held)]
  // Zero canary traffic is held, that is its answer.
  if (alone.scenario.startsWith('zero')) return more('promoted', (cell) => 100 - held(cell))
  const [mine, theirs] = [medianDelay(wired), medianDelay(alone)]
  const later =
    mine !== null && theirs !== null && mine > theirs ? [`rolled back after ${mine} min (alone ${theirs})`] : []
  const reached = [Math.round(exposed(wired)), Math.round(exposed(alone))] as const
  return [
    ...more('promoted', (cell) => share(cell, 'promoted', 'unproven')),
    ...later,
    ...(reached[0] > reached[1] ? [`${reached[0]} requests exposed (alone ${reached[1]})`] : []),
  ]
}
