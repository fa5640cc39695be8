import type { Context } from '../context.ts'
import { firstLineOf } from '../core/errors.ts'
import { text, type CommandResult, type Options } from './command.ts'

/** How long production is watched after a rollback (the paper's ten minutes), in settled evidence. */
const watchMs = 10 * 60_000

export const watchOptions = [
  ['--watch', 'watch production for ten minutes afterwards (at a terminal that follows by itself)'],
  ['--no-watch', 'do not'],
] as const

/**
 * The watch that follows a rollback: a gate that still fails means that the rollback did not help, and a human is needed
 * (exit 5). Without a readable run sheet there is nothing to watch with, and that is said.
 */
export async function watchAfterwards(context: Context, options: Options, done: CommandResult): Promise<CommandResult> {
  const wanted =
    options['watch'] === true ||
    (options['watch'] !== false && context.output.err.terminal.isTTY && !context.options.json)
  if (!wanted || done.outcome !== 'succeeded') return done
  const { out, err } = context.output
  const said = text({ text: done.text }, 'text') ?? ''
  const plan = await context.project().then(({ plan }) => plan, firstLineOf)
  if (typeof plan === 'string') return { ...done, text: `${said}\nnot watched: ${plan}` }
  if (!context.options.json && said !== '') out.write(`${said}\n`)
  err.write('watching production for ten minutes; Ctrl-C ends the watch, the rollback stands\n')
  try {
    const { watchGate } = await import('./watch-gate.ts')
    const watched = await watchGate(context, plan, { durationMs: watchMs, gate: null, everyLook: false })
    const helped = watched.verdict !== 'fail'
    const seen = helped
      ? `after the rollback: ${watched.verdict}, ${watched.why}`
      : `the rollback did not help: ${watched.why}`
    if (!helped) await (await import('./tell-people.ts')).tellPeopleOfOpen(context, seen)
    return {
      outcome: helped ? 'succeeded' : 'failed',
      ...(helped ? {} : { why: seen }),
      text: seen,
      document: { ...done.document, watch: { verdict: watched.verdict, why: watched.why } },
    }
  } catch (error) {
    if (context.signal.aborted) return { ...done, text: 'the watch was ended early; the rollback stands' }
    return { ...done, text: `not watched: ${firstLineOf(error)}` }
  }
}
