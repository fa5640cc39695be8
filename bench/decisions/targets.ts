import { medianDelay, share, type Cell } from './cell.ts'

type Target = {
  readonly says: string
  readonly scenarios: readonly string[]
  readonly rates: readonly number[]
  readonly measure: (cell: Cell) => number | null
  readonly text: (value: number | null) => string
  readonly met: (value: number) => boolean
}

const allRates = [10, 100, 1000]
const percent = (value: number | null) => (value === null ? '–' : `${value.toFixed(1)} %`)
const minutes = (value: number | null) => (value === null ? '–' : `${value} min`)

const rolledBack = (says: string, scenarios: readonly string[], rates: readonly number[], most: number): Target => ({
  says,
  scenarios,
  rates,
  measure: (cell) => share(cell, 'rolled-back'),
  text: percent,
  met: (value) => value <= most,
})
const promoted = (scenario: string): Target => ({
  says: `${scenario} never promoted`,
  scenarios: [scenario],
  rates: allRates,
  measure: (cell) => share(cell, 'promoted', 'unproven'),
  text: percent,
  met: (value) => value === 0,
})
const caught = (scenario: string, rpm: number, least: number): Target => ({
  says: `${scenario} rolled back in ${least} % or more`,
  scenarios: [scenario],
  rates: [rpm],
  measure: (cell) => share(cell, 'rolled-back'),
  text: percent,
  met: (value) => value >= least,
})
const median = (scenario: string, rpm: number, most: number): Target => ({
  says: `${scenario} rolled back within ${most} min (median)`,
  scenarios: [scenario],
  rates: [rpm],
  measure: medianDelay,
  text: minutes,
  met: (value) => value <= most,
})

const targets: readonly Target[] = [
  rolledBack(
    'healthy, rolled back in 0.5 % or less',
    ['none', 'noisy', 'blip, shared', 'blip, canary', 'delay'],
    allRates,
    0.5,
  ),
  rolledBack('healthy under clusters, rolled back in 3 % or less', ['clusters'], allRates, 3),
  rolledBack('shared outage, rolled back in 0.5 % or less', ['outage, shared'], allRates, 0.5),
  promoted('+10 points'),
  median('+10 points', 100, 5),
  median('+10 points', 1000, 2),
  promoted('+2 points'),
  caught('+2 points', 100, 95),
  caught('+2 points', 1000, 100),
  median('+2 points', 1000, 5),
  median('+60 % latency', 100, 10),
  caught('+0.5 points', 1000, 98),
  {
    says: 'zero canary traffic always held',
    scenarios: ['zero canary traffic'],
    rates: allRates,
    measure: (cell) => share(cell, 'held'),
    text: percent,
    met: (value) => value === 100,
  },
  {
    says: 'healthy at 10/min promoted in 85 % or more within three times the bake (225 min)',
    scenarios: ['none'],
    rates: [10],
    measure: (cell) =>
      (100 *
        cell.outcomes.filter(({ end, minutes }) => (end === 'promoted' || end === 'unproven') && minutes <= 225)
          .length) /
      cell.outcomes.length,
    text: percent,
    met: (value) => value >= 85,
  },
]

/** Each target with what was measured of the judge alone, and behind everything a gate does where that was run. */
export function judgeTargets(cells: readonly Cell[]): readonly string[] {
  const methods = ['launch', 'as wired'].filter((method) => cells.some((cell) => cell.method === method))
  const rows = targets.flatMap((target) =>
    target.scenarios.flatMap((scenario) =>
      target.rates.flatMap((rpm) => {
        const found = methods.map((method) =>
          cells.find((one) => one.method === method && one.scenario === scenario && one.rpm === rpm),
        )
        if (found.every((cell) => cell === undefined)) return []
        return [`| ${[target.says, scenario, rpm, ...found.map((cell) => measured(target, cell))].join(' | ')} |`]
      }),
    ),
  )
  const head = ['target', 'release', 'per minute', ...methods]
  return ['## Targets', '', `| ${head.join(' | ')} |`, `|${head.map(() => '---|').join('')}`, ...rows, '']
}

function measured(target: Target, cell: Cell | undefined): string {
  if (!cell) return ''
  const value = target.measure(cell)
  return `${target.text(value)}, ${value !== null && target.met(value) ? 'met' : '**missed**'}`
}
