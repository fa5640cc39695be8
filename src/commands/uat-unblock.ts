import { LaunchError } from '../core/errors.ts'
import type { LaunchState } from '../core/state.ts'
import type { Command } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, recorded, remark, spoken } from './say.ts'

export const uatUnblock: Command = {
  name: 'uat unblock',
  group: 'act',
  about: 'clear a blocker; it stays on record',
  args: [['<number>', 'its number in launch uat status']],
  options: [['--note <text>', 'how it was cleared']],
  examples: [
    ['launch uat unblock 1', 'blocker 1 is cleared'],
    ['launch uat unblock 2 --note "fixed in 4f1c2aa, retested"', 'with how'],
  ],
  run: async (context, args, options) => {
    const given = spoken(args, 'number', 'the number of the blocker')
    const number = Number(given)
    const note = remark(options, 'note')
    const { opened, state } = await launchFor(context, 'unended')
    const blocker = state.blockers.find(({ id }) => id === number)
    if (!blocker) throw new LaunchError('NOT_FOUND', `there is no blocker ${given}`, { hint: hintFor(state) })
    const document = { launch: state.id, blocker: { ...blocker, open: false } }
    if (!blocker.open) {
      return { outcome: 'succeeded', text: `blocker ${number} was cleared before; nothing to do`, document }
    }
    const dry = dryRun(context, `clear blocker ${number}`)
    if (dry) return dry
    await opened.log.appendAnyway({ type: 'blocker-cleared', blocker: number, note }, context.signal)
    const left = state.blockers.filter(({ id, open }) => open && id !== number).length
    const next = left === 0 ? [] : [`${left} still open: launch uat status`]
    return {
      outcome: 'succeeded',
      text: recorded(context, `blocker ${number} cleared in launch ${state.id}`, next),
      document,
    }
  },
}

function hintFor({ blockers }: LaunchState): string {
  const open = blockers.filter((blocker) => blocker.open).map(({ id }) => id)
  return open.length === 0 ? 'no blocker is open' : `open are ${open.join(', ')}: launch uat status`
}
