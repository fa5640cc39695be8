import type { Context, PortsOrder } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import type { Goal } from '../core/decide.ts'
import { errorCodes, type ErrorCode } from '../core/error-codes.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import { exitCodes, type Outcome } from '../core/exit-code.ts'
import { acknowledged } from '../core/flag-guard.ts'
import type { Plan } from '../core/plan.ts'
import type { Question } from '../core/ports.ts'
import { planChanges } from '../core/plan-changes.ts'
import type { LaunchState } from '../core/state.ts'
import type { RunEnd, Session, Watcher } from '../engine/session.ts'
import type { Reporter } from '../ui/reporter.ts'
import type { CommandResult } from './command.ts'
import { stepWords } from './describe-step.ts'
import { sayHandedOver, sayMatrix } from './guided-words.ts'
import { dryRun } from './drive-dry.ts'
import { makeReporter } from './make-reporter.ts'
import { mustBeConfirmable, mustBeFinished, mustBeItsCommit, stoppedByLatch } from './may-drive.ts'
import { openLaunch } from './open-launch.ts'
import { lookAtPlaceholders } from './placeholders.ts'
import { stopCode } from './signal-stop.ts'
import { isStop, stopped } from './stopped.ts'
import { maskSecrets, tellCi } from './tell-ci.ts'
import { crierOf, type Crier } from './tell-people.ts'
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
  readonly waitForInvalidation: boolean
}

/** A single step: attaches to the open launch or opens one, and asks only what it has to. */
const oneStep = {
  launch: 'open',
  fresh: false,
  supersede: false,
  ackRollback: false,
  people: 'step',
  leaveHeld: false,
  waitForInvalidation: false,
} as const satisfies Partial<DriveOrder>

/** Drives a launch to a goal and says how it went: what auto, interactive, deploy, canary start and resume have in common. */
export async function drive(
  context: Context,
  wanted: Pick<DriveOrder, 'command' | 'goal'> & Partial<DriveOrder>,
): Promise<CommandResult> {
  const order: DriveOrder = { ...oneStep, ...wanted }
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
  const outside = await context.world(project.plan, { fresh })
  warmUp(context, project.plan, outside)
  const goesForward = order.people !== 'step' && !order.ackRollback
  const latched = goesForward ? await stoppedByLatch(context, order, project.plan) : null
  if (latched) return latched
  const opened = await openLaunch(context, {
    ...order,
    ...(order.launch === 'open' ? { release: asked(context.release(project.plan)) } : {}),
    acks: order.ackRollback ? await latchOf(context, project.plan) : [],
  })
  const { plan } = opened
  const [{ startSession }, { run }, world] = await Promise.all([
    import('../engine/start-session.ts'),
    import('../engine/run.ts'),
    context.world(plan),
  ])
  await maskSecrets(context, plan)
  // A single step is over before there is anything to look at.
  const now = order.people !== 'step' || order.command === 'canary start' ? () => world.clock.now() : null
  const reporter = await makeReporter(context, plan, { now })
  const crier = await crierOf(context, opened)
  const watcher = watch(reporter, crier, () => world.clock.now())
  const report = async () =>
    (await import('./write-report.ts')).writeReport(context, plan, session.state, session.events)
  const log = (line: string) => (options.verbose ? context.output.err.write(`${line}\n`) : undefined)
  const introduce = await introduction(context, plan, () => session.state)
  const ports = await context.ports(plan, {
    people: order.people,
    report,
    log,
    introduce,
    waitForInvalidation: order.waitForInvalidation,
  })
  const startedAt = world.clock.now()
  const session = await startSession(plan, opened.log, ports, watcher, signal, { tellPast: opened.opened })
  if (order.launch === 'current') await mustBeItsCommit(context, plan, session.state)
  if (!opened.opened) reporter.onPast?.(session.events)
  crier.hear(session.events)
  if (order.launch === 'current' && !options.quiet && !options.jsonl) {
    const { takenUpLine } = await import('../ui/hand-over.ts')
    context.output.err.write(`${takenUpLine(session.state)}\n`)
  }
  const isOver = session.state.ended !== null && session.state.rollingBack === null
  if (!isOver) sayWhatChanged(context, plan, project.plan)
  const goal = order.goal(plan)
  const guided = order.people === 'guided'
  if (guided && order.launch === 'current' && !isOver) await sayHandedOver(context, session, world.clock.now())
  const known = session.events.length
  let end: RunEnd
  try {
    end = await run(session, { goal, leaveHeld: order.leaveHeld, guided }, signal)
  } catch (error) {
    if (!signal.aborted && !isStop(error)) {
      reporter.onLast?.()
      sayOwed(context, session)
      await crier.end(error instanceof LaunchError ? error.outcome : 'bug', messageOf(error))
      throw error
    }
    end = await stopped(session, signal.aborted ? signal.reason : error)
  }
  sayOwed(context, session)
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
    exitCode: outcome === 'stopped' ? stopCode(signal.reason) : exitCodes[outcome],
    error: failed ? { code, message: why, hint: hintFor(code, context.isSandbox), at: null } : null,
    state: session.state,
    plan,
    events: session.events,
    reading: outcome === 'stopped' ? null : session.flag,
    report: path,
    durationMs: world.clock.now() - startedAt,
  })
  if (guided && failed) await sayMatrix(context, session)
  await crier.end(outcome, why)
  reporter.onEnd(envelope)
  await tellCi(context, { plan, state: session.state, events: session.events, envelope, report: path })
  return { outcome, why, envelope }
}

/** While git and the journal are waited for: what comes next is loaded. Whatever goes wrong is said where it is used. */
function warmUp(context: Context, plan: Plan, world: Awaited<ReturnType<Context['world']>>): void {
  const production = plan.environments['production']
  const loading = [
    context.actor(),
    import('../engine/start-session.ts'),
    import('../engine/run.ts'),
    ...(production ? [world.aws(production).objects(production.bucket)] : []),
  ]
  for (const one of loading) one.catch(() => {})
}

function asked<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {}) // whoever waits for it is told
  return answer
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

/** The latch that a new launch is told to go over. Throws LATCHED over one that came after the command. */
async function latchOf(context: Context, plan: Plan): Promise<readonly string[]> {
  const { flag, clock } = await context.world(plan)
  const reading = await flag('production').read(context.signal)
  if (reading.status !== 'present' || !reading.flag.latched) return []
  // The sandbox has a time of its own.
  return [acknowledged(reading.flag, context.isSandbox ? clock.now() : context.startedAt)]
}

function watch(reporter: Reporter, crier: Crier, now: () => EpochMs): Watcher {
  return {
    onEvent: (event, state) => {
      reporter.onEvent(event, state)
      crier.hear([event])
    },
    onProgress: (text, until) => (text === null ? reporter.onQuestion?.() : reporter.onProgress(text, now(), until)),
  }
}

/** What the journal could not be told of outlives this process on its disk. */
function sayOwed({ output, spoolFolder }: Context, { owed }: Session): void {
  if (owed.length === 0) return
  output.err.write(`NOT YET JOURNALED: what was done waits on this machine, below ${spoolFolder}\n`)
  output.err.write('once the state can be reached: launch journal flush (launch resume does it, too)\n')
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
