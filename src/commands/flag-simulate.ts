import { LaunchError } from '../core/errors.ts'
import { text, type Command } from './command.ts'
import { dealing } from './flag-probe.ts'
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
    const { bucketOf } = await dealing(plan)
    const stages = [...new Set([0, ...plannedStages(canaryStep(plan)), 100])].toSorted((a, b) => a - b)
    const buckets = Array.from({ length: users }, (_, index) => bucketOf(plan.flag.key, `user-${index}`))
    const rows = stages.map((percent, index) => {
      const points = Math.round(percent * 100)
      const on = buckets.filter((bucket) => bucket < points).length
      const before = Math.round((stages[index - 1] ?? 0) * 100)
      const lost = buckets.filter((bucket) => bucket < before && bucket >= points).length
      const half = z * Math.sqrt(users * (percent / 100) * (1 - percent / 100))
      const [from, to] = [(users * percent) / 100 - half, (users * percent) / 100 + half]
      return { percent, on, share: (on / users) * 100, from, to, lost, within: on >= from && on <= to }
    })
    const odd = rows.filter((row) => !row.within || row.lost > 0)
    const say = (row: (typeof rows)[number]) =>
      `${String(row.percent).padStart(6)} %  ${String(row.on).padStart(7)} of ${users} are on (${row.share.toFixed(2)} %; 99.9 % of rollouts: ${Math.ceil(row.from)}–${Math.floor(row.to)}), ${row.lost} lose it`
    return {
      outcome: odd.length === 0 ? 'succeeded' : 'refused',
      ...(odd.length === 0
        ? {}
        : { why: `${odd.map((row) => `${row.percent} %`).join(', ')}: outside what chance allows` }),
      text: linesFor(context, rows.map(say)),
      document: { key: plan.flag.key, users, stages: rows },
    }
  },
}

function count(asked: string): number {
  const users = Number(asked)
  if (Number.isInteger(users) && users >= fewest && users <= most) return users
  throw new LaunchError('USAGE', `--users "${asked}" is not a whole number from ${fewest} to ${most}`)
}
