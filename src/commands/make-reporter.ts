import type { Context } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import type { LiveView, Reporter } from '../ui/reporter.ts'
import { stepWords } from './describe-step.ts'

export type ReporterOrder = {
  /** Shows the launch as it stands, where the terminal can be redrawn: what the time is there. Null: the log alone. */
  readonly now: (() => EpochMs) | null
}

/** Who tells of a launch on this terminal, in the form its options ask for. */
export async function makeReporter(context: Context, plan: Plan, { now }: ReporterOrder): Promise<Reporter> {
  const { options, output } = context
  const [{ reporterKind }, describeStep] = await Promise.all([import('../ui/registry.ts'), stepWords()])
  const live = now && (await liveView(context, plan, now))
  const kind = reporterKind(
    options.jsonl ? 'jsonl' : options.quiet ? 'quiet' : live ? 'live' : (output.ci?.kind ?? 'plain'),
  )
  const side = kind.stream === 'stdout' ? output.out : output.err
  return kind.create({
    write: side.write,
    writeJson: side.writeJson,
    theme: side.theme,
    plan,
    spinner: live ? null : await context.spinner(),
    live,
    describeStep,
    ...(output.ci ? { command: output.ci.say } : {}),
    ...widthOf(side.terminal),
    // Standard output is for one document when there is to be one.
    ...(options.json ? {} : { result: { ...output.out, ...widthOf(output.out.terminal) } }),
  })
}

/** Null where nothing can be drawn again. */
export async function liveView(context: Context, plan: Plan, now: () => EpochMs): Promise<LiveView | null> {
  const window = await context.liveWindow()
  if (!window) return null
  const [{ liveModel }, { checkSignals }, describeStep] = await Promise.all([
    import('../report/live-model.ts'),
    import('./describe-check.ts'),
    stepWords(),
  ])
  const signalOf = await checkSignals()
  return { window, now, model: (facts) => liveModel({ ...facts, plan, describeStep, signalOf }) }
}

function widthOf({ isTTY, columns }: Context['output']['out']['terminal']): { readonly columns?: number } {
  return isTTY ? { columns } : {}
}
