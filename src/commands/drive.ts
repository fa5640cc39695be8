import type { Project } from '../compose/project.ts'
import type { Context, PortsOrder } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import type { Goal } from '../core/decide.ts'
import { errorCodes, type ErrorCode } from '../core/error-codes.ts'
import { LaunchError } from '../core/errors.ts'
import { exitCodes, type Outcome } from '../core/exit-code.ts'
import type { Plan } from '../core/plan.ts'
import type { Question } from '../core/ports.ts'
import { planChanges } from '../core/plan-changes.ts'
import { productionStanding } from '../core/production-standing.ts'
import type { LaunchState } from '../core/state.ts'
import type { RunEnd, Session, Watcher } from '../engine/session.ts'
import type { Reporter } from '../ui/reporter.ts'
import type { CommandResult } from './command.ts'
import { stepWords } from './describe-step.ts'
import { openLaunch, readLaunch } from './open-launch.ts'
import { lookAtPlaceholders, placeholderLine } from './placeholders.ts'
import { sayWarnings } from './warnings.ts'

export type DriveOrder = {
  readonly command: string
  readonly goal: (plan: Plan) => Goal
  /** Which launch: opens one for the commit of now or attaches to the open one (`open`), only the open one (`current`). */
  readonly launch: 'open' | 'current'
  /** A launch of its own, in a fresh sandbox world. */
  readonly fresh: boolean
  readonly supersede: boolean
  readonly ackRollback: boolean
  readonly people: PortsOrder['people']
  readonly leaveHeld: boolean
}

/** A single step: attaches to the open launch or opens one, and asks only what it has to. */
const oneStep = {
  launch: 'open',
  fresh: false,
  supersede: false,
  ackRollback: false,
  people: 'step',
  leaveHeld: false,
} as const satisfies Partial<DriveOrder>

/** Drives a launch to a goal and says how it went: what auto, interactive, deploy, canary start and resume have in common. */
export async function drive(
  context: Context,
  asked: Pick<DriveOrder, 'command' | 'goal'> & Partial<DriveOrder>,
): Promise<CommandResult> {
  const order: DriveOrder = { ...oneStep, ...asked }
  const { signal, options } = context
  const project = await context.project()
  if (options.dryRun) return dryRun(context, order, project)
  // A launch that goes on does so with its stored plan.
  if (order.launch === 'open') {
    await lookAtPlaceholders(context, project, order.people !== 'step')
    sayWarnings(context, project)
  }
  mustBeConfirmable(context, order)
  if (order.people === 'auto') await context.mayGoAlone({ opens: order.launch === 'open' })
  const fresh = order.fresh && !options.keep
  if (fresh && !order.supersede) await mustBeFinished(context, project.plan)
  await context.world(project.plan, { fresh })
  const opened = await openLaunch(context, {
    ...order,
    acks: order.ackRollback ? await latchOf(context, project.plan) : [],
  })
  const { plan } = opened
  const [{ startSession }, { run }, world] = await Promise.all([
    import('../engine/start-session.ts'),
    import('../engine/run.ts'),
    context.world(plan),
  ])
  const reporter = await makeReporter(context, plan)
  const watcher = watch(reporter, () => world.clock.now())
  const report = async () =>
    (await import('./write-report.ts')).writeReport(context, plan, session.state, session.events)
  const log = (line: string) => (options.verbose ? context.output.err.write(`${line}\n`) : undefined)
  const introduce = await introduction(context, plan, () => session.state)
  const ports = await context.ports(plan, { people: order.people, report, log, introduce })
  const startedAt = world.clock.now()
  const session = await startSession(plan, opened.log, ports, watcher, signal, { tellPast: opened.opened })
  if (order.launch === 'current' && !options.quiet && !options.jsonl) {
    context.output.err.write(`launch ${session.state.id} goes on; ${productionStanding(session.state)}\n`)
  }
  sayWhatChanged(context, plan, project.plan)
  const goal = order.goal(plan)
  const guided = order.people === 'guided'
  const known = session.events.length
  let end: RunEnd
  try {
    end = await run(session, { goal, leaveHeld: order.leaveHeld, guided }, signal)
  } catch (error) {
    if (!signal.aborted && !isStop(error)) throw error
    end = await stopped(session, signal.aborted ? signal.reason : error)
  }
  if (end.outcome === 'succeeded' && session.events.length === known) sayNothingToDo(context, goal, session.state)
  // Written anew with the end in it; a single step leaves the report to `launch report`.
  const path = session.state.ended || (goal.type === 'all' && !signal.aborted) ? await report() : null
  const { runEnvelope } = await import('../ui/envelope.ts')
  const { outcome, why } = end
  const failed = outcome !== 'succeeded'
  const code = end.code ?? errorCodeOf(outcome)
  const envelope = runEnvelope({
    command: order.command,
    env: options.env,
    sandbox: context.isSandbox,
    outcome,
    exitCode: outcome === 'stopped' ? stopCode(signal) : exitCodes[outcome],
    error: failed ? { code, message: why, hint: hintFor(code, context.isSandbox), at: null } : null,
    state: session.state,
    plan,
    events: session.events,
    reading: outcome === 'stopped' ? null : session.flag,
    report: path,
    durationMs: world.clock.now() - startedAt,
  })
  reporter.onEnd(envelope)
  return { outcome, why, envelope }
}

/** A launch goes on with the plan it was opened with, whatever the run sheet says by now. */
function sayWhatChanged({ options, output }: Context, stored: Plan, now: Plan): void {
  const changes = planChanges(stored, now)
  if (changes.length === 0 || options.quiet) return
  output.err.write(
    `the run sheet changed since this launch was opened (${changes.join(', ')}); it goes on with the plan of then, --new starts one with the sheet of now\n`,
  )
}

/** In the sandbox the commands of a hint are about the sandbox. */
function hintFor(code: ErrorCode, sandbox: boolean): string {
  const { hint } = errorCodes[code]
  return sandbox && hint.includes('launch ') ? `${hint} (with --sandbox)` : hint
}

/** A command that found its work done says what it found. */
function sayNothingToDo({ options, output }: Context, goal: Goal, state: LaunchState): void {
  const done = goal.type === 'step' ? state.steps[goal.step] : null
  if (done?.status === 'done' && !options.quiet && !options.jsonl) output.err.write(`done already: ${done.summary}\n`)
}

/** What the command would go through, from the plan alone: nothing is opened, asked or journaled. */
async function dryRun(context: Context, order: DriveOrder, project: Project): Promise<CommandResult> {
  const { plan } = project
  const [{ planLines }, describeStep] = await Promise.all([import('../report/plan-text.ts'), stepWords()])
  const goal = order.goal(plan)
  const aim =
    goal.type === 'all' ? 'every phase' : goal.type === 'step' ? `up to ${goal.step}` : `the gate of ${goal.phase}`
  const lines = [
    `dry run of launch ${order.command}: ${aim}; nothing was done`,
    '',
    ...planLines(plan, describeStep, context.output.out.theme),
    ...[placeholderLine(project)].filter((line) => line !== null),
  ]
  return {
    outcome: 'succeeded',
    text: lines.join('\n'),
    document: { dryRun: true, goal, placeholders: project.placeholders },
  }
}

/** Without a terminal somebody has to have said yes to changing production; found out before anything is touched. */
function mustBeConfirmable(context: Context, order: DriveOrder): void {
  const { options, isSandbox } = context
  if (order.people === 'guided' && !context.canAsk) {
    throw new LaunchError('USAGE', `launch ${order.command} asks a person, and nobody is at a terminal here`, {
      hint: 'launch auto --yes changes production without asking',
    })
  }
  if (isSandbox || options.yes || order.people !== 'auto') return
  throw new LaunchError('CONFIRMATION_NEEDED', `launch ${order.command} changes production without asking`)
}

/** A fresh sandbox world would make an unfinished launch impossible to resume. */
async function mustBeFinished(context: Context, plan: Plan): Promise<void> {
  const there = await context.sandboxLaunch(plan)
  const state = there && (await readLaunch(there, context.signal))
  if (!state || state.ended) return
  throw new LaunchError('UNFINISHED', `launch ${state.id} in the sandbox is not finished`, {
    hint: 'launch resume --sandbox goes on with it; launch sandbox reset throws it away',
  })
}

/** The latch that stands now: the one a new launch is told to go over. */
async function latchOf(context: Context, plan: Plan): Promise<readonly string[]> {
  const reading = await (await context.world(plan)).flag('production').read(context.signal)
  return reading.status === 'present' && reading.flag.latched ? [reading.flag.writeId] : []
}

export async function makeReporter(context: Context, plan: Plan): Promise<Reporter> {
  const { options, output } = context
  const [{ reporterKind }, describeStep] = await Promise.all([import('../ui/registry.ts'), stepWords()])
  const kind = reporterKind(options.jsonl ? 'jsonl' : options.quiet ? 'quiet' : 'plain')
  const side = kind.stream === 'stdout' ? output.out : output.err
  return kind.create({
    write: side.write,
    theme: side.theme,
    plan,
    spinner: await context.spinner(),
    describeStep,
    ...widthOf(side.terminal),
    // Standard output is for one document when there is to be one.
    ...(options.json ? {} : { result: { ...output.out, ...widthOf(output.out.terminal) } }),
  })
}

function widthOf({ isTTY, columns }: Context['output']['out']['terminal']): { readonly columns?: number } {
  return isTTY ? { columns } : {}
}

function watch(reporter: Reporter, now: () => EpochMs): Watcher {
  return {
    onEvent: (event, state) => reporter.onEvent(event, state),
    onProgress: (text) => (text === null ? reporter.onQuestion?.() : reporter.onProgress(text, now())),
  }
}

/** Ctrl-C or the end of input at a question. */
function isStop(error: unknown): error is LaunchError {
  return error instanceof LaunchError && error.outcome === 'stopped'
}

async function stopped(session: Session, reason: unknown) {
  const name = stopName(reason)
  // The journal gets a moment of its own: the signal that stops the run must not stop this.
  await session.record({ type: 'paused', signal: name }, AbortSignal.timeout(4000)).catch(() => false)
  return { outcome: 'stopped', why: `stopped by ${name}; ${productionStanding(session.state)}` } as const
}

function stopName(reason: unknown): string {
  if (reason instanceof Error && 'signalName' in reason) return String(reason.signalName)
  return isStop(reason) && typeof reason.cause === 'string' ? reason.cause : 'abort'
}

/** What stands above a question at the terminal, told from the launch as it is then. */
async function introduction(
  context: Context,
  plan: Plan,
  state: () => LaunchState,
): Promise<(question: Question) => string> {
  if (!context.canAsk) return () => ''
  const [{ questionText }, describeStep] = await Promise.all([import('../ui/question.ts'), stepWords()])
  const { theme, terminal } = context.output.err
  return (question) => questionText(question, { plan, state: state(), describeStep, theme, columns: terminal.columns })
}

function stopCode(signal: AbortSignal): 130 | 143 {
  return signal.reason instanceof Error && 'signalName' in signal.reason && signal.reason.signalName !== 'SIGINT'
    ? 143
    : 130
}

function errorCodeOf(outcome: Outcome) {
  const codes = {
    refused: 'REFUSED',
    'rolled-back': 'ROLLED_BACK',
    failed: 'ROLLBACK_FAILED',
    unavailable: 'UNREACHABLE',
    superseded: 'SUPERSEDED',
    held: 'HELD',
    declined: 'DECLINED',
    stopped: 'STOPPED',
    invalid: 'USAGE',
    bug: 'USAGE',
    succeeded: 'USAGE',
  } as const satisfies Record<Outcome, string>
  return codes[outcome]
}
