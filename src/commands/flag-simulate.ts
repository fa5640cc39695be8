import { exposedPercent, type Audience } from '../core/audience.ts'
import { LaunchError } from '../core/errors.ts'
import { text, type Command } from './command.ts'
import { dealing } from './flag-probe.ts'
import { plural } from '../core/quantity.ts'
import { plannedStages } from '../core/unattended.ts'
import { canaryStep } from './plan-lookup.ts'
import { linesFor } from './say.ts'

const [fewest, most] = [1, 1_000_000]
/** Two-sided 99.9 % of a normal distribution. */
const z = 3.29

export const flagSimulate: Command = {
  name: 'flag simulate',
  group: 'look',
  about:
    'deal made-up users through the stages of the canary: how many each stage shows the new version, and who would lose it',
  options: [['--users <count>', 'how many users; default 10000']],
  examples: [
    ['launch flag simulate', '10,000 users through every stage'],
    ['launch flag simulate --users 200000 --json', 'more of them, as data'],
  ],
  run: async (context, _args, options) => {
    const users = count(text(options, 'users') ?? '10000')
    const { plan } = await context.project()
    const { audience } = plan.flag
    const { onFrom } = await dealing(plan)
    const stages = [...new Set([0, ...plannedStages(canaryStep(plan)), 100])].toSorted((a, b) => a - b)
    const from = Array.from(
      { length: users },
      (_, index) => onFrom(plan.flag.key, `user-${index}`, audience) ?? Infinity,
    )
    const rows = stages.map((percent, index) => {
      const on = from.filter((least) => least <= percent).length
      const before = stages[index - 1] ?? 0
      const lost = from.filter((least) => least <= before && least > percent).length
      const band = expectedOn(users, percent, audience)
      return { percent, on, share: (on / users) * 100, ...band, lost, within: on >= band.from && on <= band.to }
    })
    const named = Object.fromEntries(
      [...(audience?.include ?? []), ...(audience?.exclude ?? [])].map((user) => [
        user,
        onFrom(plan.flag.key, user, audience),
      ]),
    )
    const odd = rows.filter((row) => !row.within || row.lost > 0)
    const say = (row: (typeof rows)[number]) =>
      `${String(row.percent).padStart(6)} %  ${String(row.on).padStart(7)} of ${users} are on (${row.share.toFixed(2)} %; 99.9 % of rollouts: ${Math.ceil(row.from)}–${Math.floor(row.to)}), ${row.lost} lose it`
    return {
      outcome: odd.length === 0 ? 'succeeded' : 'refused',
      ...(odd.length === 0
        ? {}
        : { why: `${odd.map((row) => `${row.percent} %`).join(', ')}: outside what chance allows` }),
      text: linesFor(context, [...rows.map(say), ...audienceLines(audience)]),
      document: { key: plan.flag.key, users, stages: rows, holdbackPercent: audience?.holdbackPercent ?? 0, named },
    }
  },
}

/** How many made-up users 99.9 % of rollouts show a stage to. Who is named is not among them. */
function expectedOn(users: number, percent: number, audience: Audience | undefined) {
  const share = exposedPercent(percent, audience) / 100
  const half = z * Math.sqrt(users * share * (1 - share))
  return { from: users * share - half, to: users * share + half }
}

function audienceLines(audience: Audience | undefined): readonly string[] {
  const { include = [], exclude = [], holdbackPercent = 0 } = audience ?? {}
  return [
    ...(holdbackPercent > 0 ? [`${holdbackPercent} % are held back: they keep the old version at 100 %`] : []),
    ...(include.length > 0
      ? [`${plural(include.length, 'user')} included: on from the first stage, off after a rollback`]
      : []),
    ...(exclude.length > 0 ? [`${plural(exclude.length, 'user')} excluded: never on`] : []),
  ]
}

function count(asked: string): number {
  const users = Number(asked)
  if (Number.isInteger(users) && users >= fewest && users <= most) return users
  throw new LaunchError('USAGE', `--users "${asked}" is not a whole number from ${fewest} to ${most}`)
}
