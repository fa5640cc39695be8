import { resolve } from 'node:path'
import type { Ci } from '../compose/ci.ts'
import type { Context } from '../context.ts'
import { messageOf } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { Envelope } from '../ui/envelope-schema.ts'

/** How a run ended, as the CI system and `--junit` are told it. */
export type Ended = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly events: readonly LaunchEvent[]
  readonly envelope: Envelope
  readonly report: string | null
}

/** Has GitHub mask what is secret here and may be none of its own secrets. */
export async function maskSecrets(context: Context, plan: Plan): Promise<void> {
  const { ci } = context.output
  if (ci?.kind !== 'github' || !ci.listens) return
  const [{ workflowCommand }, notifying] = await Promise.all([import('../ui/github-commands.ts'), context.notifying()])
  for (const value of notifying.secrets(plan)) ci.say(workflowCommand('add-mask', value))
}

/** Annotations, the summary of the step and its outputs, the JUnit file. Trouble with any of them is a line. */
export async function tellCi(context: Context, ended: Ended): Promise<void> {
  const { output, options } = context
  const { ci } = output
  const tasks = [
    ...(options.junit === null ? [] : [writeJunit(context, options.junit, ended)]),
    ...(ci?.kind === 'github' ? [annotate(context, ci, ended), summarize(ci, ended), tellOutputs(ci, ended)] : []),
  ]
  for (const done of await Promise.allSettled(tasks))
    if (done.status === 'rejected') output.err.write(`CI was not told everything: ${messageOf(done.reason)}\n`)
}

async function annotate(context: Context, ci: Ci, { plan, state, envelope }: Ended): Promise<void> {
  const [{ annotationLine, annotationsOf }, { root }] = await Promise.all([
    import('../ui/annotations.ts'),
    context.project(),
  ])
  const { scrub } = context.output
  for (const one of annotationsOf(plan, state, envelope)) {
    const clean = { ...one, title: scrub(one.title), message: scrub(one.message) }
    ci.say(annotationLine(clean, (file) => ci.place(resolve(root, file))))
  }
}

async function summarize(ci: Ci, { plan, events }: Ended): Promise<void> {
  const { rendered, reportOf } = await import('./write-report.ts')
  await ci.summarize(await rendered(await reportOf(plan, events), 'md'))
}

async function tellOutputs(ci: Ci, { state, envelope, report }: Ended): Promise<void> {
  const { outcome, exitCode } = envelope
  await ci.output({ outcome, 'exit-code': String(exitCode), launch: state.id, report: report ?? '' })
}

async function writeJunit({ options }: Context, path: string, { plan, state }: Ended): Promise<void> {
  const [{ junitXml }, { writeWhole }] = await Promise.all([import('../report/junit.ts'), import('./whole-file.ts')])
  await writeWhole(resolve(options.cwd, path), junitXml(plan, state))
}
