import type { EmergencyPorts, EmergencyTarget } from './compose/emergency.ts'
import type { LastPlans } from './compose/last-plans.ts'
import type { GlobalOptions } from './compose/options.ts'
import type { Machine } from './compose/machine.ts'
import type { Notifying } from './compose/notifying.ts'
import type { Output } from './compose/output.ts'
import type { Project } from './compose/project.ts'
import type { SandboxControl } from './compose/sandbox-control.ts'
import type { OutsideWorld } from './compose/world.ts'
import type { EpochMs } from './core/brand.ts'
import type { Actor } from './core/event.ts'
import type { Plan } from './core/plan.ts'
import type { Clock, Question, Random, StateStore } from './core/ports.ts'
import type { EnginePorts } from './engine/ports.ts'
import type { Launches, OpenedLaunch } from './journal/launches.ts'
import type { Spool } from './journal/spool.ts'
import type { LiveWindow, Spinner } from './ui/reporter.ts'

type Env = { readonly [name: string]: string | undefined }

/** What a command is given: everything it may use, made when it is first asked for. */
export type Context = {
  readonly options: GlobalOptions
  readonly env: Env
  /** Aborted by the first signal of the user; its reason is a LaunchError STOPPED. */
  readonly signal: AbortSignal
  /** When the command was typed, by the clock of this machine. */
  readonly startedAt: EpochMs
  readonly output: Output
  readonly isSandbox: boolean
  /** A person is at this terminal and may be asked. */
  readonly canAsk: boolean
  /** One line from the person at this terminal; only where `canAsk`. Throws STOPPED at the end of input and on Ctrl-C. */
  askLine(question: string): Promise<string>
  /** The run sheet and its plan. Throws what reading it throws. */
  project(): Promise<Project>
  actor(): Promise<Actor>
  /** Who signs off: the actor, and whom AWS takes them for where it says so quickly. */
  signer(plan: Plan): Promise<string>
  /**
   * Throws what forbids a launch outside the sandbox that nobody watches: ENDPOINT_REFUSED, and RUNSHEET_UNCOMMITTED when it
   * would be opened with the run sheet of now.
   */
  mayGoAlone(order: { readonly opens: boolean }): Promise<void>
  /** Opens the world of a plan: AWS, or the sandbox. `driver`: time in the sandbox waits for this process. */
  world(plan: Plan, order?: { readonly fresh?: boolean; readonly driver?: boolean }): Promise<OutsideWorld>
  /** The launches of this project's app in one environment. */
  launches(plan: Plan): Promise<Launches>
  state(plan: Plan): Promise<StateStore>
  /** A state location by itself, for an emergency without a run sheet; in S3 with this machine's own credentials. */
  stateAt(location: string, region: string): Promise<StateAt>
  /** What was launched from this machine, kept in the folder of its user. */
  lastPlans(): Promise<LastPlans>
  /** The open launch of the sandbox world that is there now, before it is thrown away; null when none is open. */
  sandboxLaunch(plan: Plan): Promise<OpenedLaunch | null>
  ports(plan: Plan, order: PortsOrder): Promise<EnginePorts>
  /** For an emergency rollback: needs no run sheet. */
  emergency(target: EmergencyTarget): Promise<EmergencyPorts>
  /** What would be released now: the commit and what it is called. */
  release(plan: Plan): Promise<{ readonly commit: string; readonly version: string }>
  /** The commit that is checked out; null where that is not known: no git, no checkout, no commit yet. */
  checkedOut(): Promise<string | null>
  spinner(): Promise<Spinner | null>
  /** The part of the terminal that is drawn again and again; null where nothing can be. Closed with the context. */
  liveWindow(): Promise<LiveWindow | null>
  /** This machine apart from any run sheet. */
  machine(): Promise<Machine>
  /** How people are told. */
  notifying(): Promise<Notifying>
  /** The sandbox of this folder apart from launching in it: serve, reset, what it can play. */
  sandboxControl(): Promise<SandboxControl>
  /** `.launch`, or `.launch/sandbox`: where this machine keeps what is its own. */
  readonly folder: string
  /** Where rollbacks wait that the journal has not been told of: the user's own, whatever folder they work in. */
  readonly spoolFolder: string
  spool(): Promise<Spool>
  close(): Promise<void>
}

export type StateAt = { readonly store: StateStore; readonly clock: Clock; readonly random: Random }

export type PortsOrder = {
  /** Who answers: `played` and `yes` need nobody, `person` asks at the terminal. */
  readonly people: 'auto' | 'guided' | 'step'
  readonly report: () => Promise<string>
  readonly log: (line: string) => void
  readonly waitForInvalidation?: boolean
  /** What stands above a question at the terminal. */
  readonly introduce?: (question: Question) => string
}
