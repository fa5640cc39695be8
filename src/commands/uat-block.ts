import type { EventLog } from '../journal/events.ts'
import { fold } from '../core/reduce.ts'
import { text, type Command } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, mustBeOneOf, recorded, spoken } from './say.ts'

const severities = ['critical', 'major', 'minor'] as const

export const uatBlock: Command = {
  name: 'uat block',
  group: 'act',
  about: 'raise a blocker found in user acceptance testing; an open critical one fails the gates that ask for none',
  args: [['<text>', 'what is wrong']],
  options: [['--severity <word>', `${severities.join(', ')} (default: major)`]],
  examples: [
    ['launch uat block "drawer shows another patient" --severity critical', 'no production change until it is cleared'],
    ['launch uat block "typo in the empty state" --severity minor', 'on the list, blocks nothing by itself'],
  ],
  run: async (context, args, options) => {
    const what = spoken(args, 'text', 'the blocker')
    const severity = (text(options, 'severity') ?? 'major').toLowerCase()
    await mustBeOneOf(severity, severities, 'severity')
    const dry = dryRun(context, `raise a ${severity} blocker`)
    if (dry) return dry
    const { opened, state } = await launchFor(context, 'open')
    const blocker = await raiseBlocker(opened.log, severity, what, context.signal)
    await (await import('./tell-people.ts')).tellPeople(context, opened)
    return {
      outcome: 'succeeded',
      text: recorded(context, `${severity} blocker ${blocker} raised in launch ${state.id}`, [
        `launch uat unblock ${blocker} clears it`,
      ]),
      document: { launch: state.id, blocker: { id: blocker, severity, text: what, open: true } },
    }
  },
}

/** Records a blocker under the next number; when somebody else wrote in between, the number is taken anew. */
export async function raiseBlocker(
  log: EventLog,
  severity: string,
  text: string,
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const known = fold(await log.read(signal))?.blockers ?? []
    const blocker = Math.max(0, ...known.map(({ id }) => id)) + 1
    const appended = await log.append({ type: 'blocker-raised', blocker, severity, text }, signal)
    if (appended.status === 'appended') return blocker
  }
}
