import { LaunchError } from '../core/errors.ts'
import type { Outcome } from '../core/exit-code.ts'
import { parseDuration } from '../core/units.ts'
import { text, type Command } from './command.ts'

export const monitor: Command = {
  name: 'monitor',
  group: 'look',
  about: 'watch the checks of a gate for a while of settled evidence; may run beside a canary, changes nothing',
  args: [['[duration]', 'how long: 30m, 10m, or a bare number of seconds; without it, until Ctrl-C']],
  options: [
    ['--gate <name>', 'which gate of the run sheet (default: the one the run sheet monitors)'],
    ['--dashboard', 'every check at every look: drawn again on a terminal, told again elsewhere'],
  ],
  examples: [
    ['launch monitor 300', 'five minutes; exit 3 when a check fails, 8 when the evidence does not come'],
    ['launch monitor --dashboard', 'every check, every half minute'],
    ['launch monitor 30m --gate canary', 'the canary gate for half an hour'],
  ],
  run: async (context, args, options) => {
    const { watchGate } = await import('./watch-gate.ts')
    const { plan } = await context.project()
    const durationMs = durationOf(text(args, 'duration'))
    const watched = await watchGate(context, plan, {
      durationMs,
      gate: text(options, 'gate'),
      everyLook: options['dashboard'] === true,
    })
    return {
      outcome: outcomeOf(watched.verdict, durationMs),
      why: watched.why,
      text: context.options.json ? '' : `monitor ${watched.verdict}: ${watched.why}`,
      document: { verdict: watched.verdict, gate: watched.gate, checks: watched.checks },
    }
  },
}

/** A watch without an end is ended by a person, who saw what it showed; one with an end has to have seen something. */
function outcomeOf(verdict: 'pass' | 'fail' | 'unknown', durationMs: number | null): Outcome {
  if (verdict === 'fail') return 'refused'
  return verdict === 'unknown' && durationMs !== null ? 'held' : 'succeeded'
}

function durationOf(text: string | null): number | null {
  if (text === null) return null
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseDuration(text)
  if (ms !== null && ms > 0) return ms
  throw new LaunchError('USAGE', `"${text}" is not a duration`, { hint: 'write 300 (seconds), 5m or 30m' })
}
