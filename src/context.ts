import { join } from 'node:path'
import type { EmergencyPorts, EmergencyTarget } from './compose/emergency.ts'
import type { GlobalOptions } from './compose/options.ts'
import type { Output } from './compose/output.ts'
import type { Project } from './compose/project.ts'
import type { SandboxControl } from './compose/sandbox-control.ts'
import type { OutsideWorld } from './compose/world.ts'
import type { Actor } from './core/event.ts'
import type { Plan } from './core/plan.ts'
import { planHash } from './core/plan-hash.ts'
import type { People, Question, StateStore } from './core/ports.ts'
import type { EnginePorts } from './engine/ports.ts'
import { canPrompt } from './host/terminal.ts'
import type { Launches, OpenedLaunch } from './journal/launches.ts'
import type { Sandbox } from './sandbox/attach.ts'
import type { Spinner } from './ui/reporter.ts'

type Env = { readonly [name: string]: string | undefined }

/** What a command is given: everything it may use, made when it is first asked for. */
export type Context = {
  readonly options: GlobalOptions
  readonly env: Env
  /** Aborted by the first signal of the user; its reason is a LaunchError STOPPED. */
  readonly signal: AbortSignal
  readonly output: Output
  readonly isSandbox: boolean
  /** A person is at this terminal and may be asked. */
  readonly canAsk: boolean
  /** The run sheet and its plan. Throws what reading it throws. */
  project(): Promise<Project>
  actor(): Promise<Actor>
  /** Opens the world of a plan: AWS, or the sandbox. `driver`: time in the sandbox waits for this process. */
  world(plan: Plan, order?: { readonly fresh?: boolean; readonly driver?: boolean }): Promise<OutsideWorld>
  /** The launches of this project's app in one environment. */
  launches(plan: Plan): Promise<Launches>
  state(plan: Plan): Promise<StateStore>
  /** The open launch of the sandbox world that is there now, before it is thrown away; null when none is open. */
  sandboxLaunch(plan: Plan): Promise<OpenedLaunch | null>
  ports(plan: Plan, order: PortsOrder): Promise<EnginePorts>
  /** For an emergency rollback: needs no run sheet. */
  emergency(target: EmergencyTarget): Promise<EmergencyPorts>
  /** What would be released now: the commit and what it is called. */
  release(plan: Plan): Promise<{ readonly commit: string; readonly version: string }>
  spinner(): Promise<Spinner | null>
  /** The sandbox of this folder apart from launching in it: serve, reset, what it can play. */
  sandboxControl(): Promise<SandboxControl>
  /** `.launch`, or `.launch/sandbox`: where this machine keeps what is its own. */
  readonly folder: string
  close(): Promise<void>
}

export type PortsOrder = {
  /** Who answers: `played` and `yes` need nobody, `person` asks at the terminal. */
  readonly people: 'auto' | 'guided' | 'step'
  readonly report: () => Promise<string>
  readonly log: (line: string) => void
  /** What stands above a question at the terminal. */
  readonly introduce?: (question: Question) => string
}

type Process = {
  readonly env: NodeJS.ProcessEnv
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

/** The composition root: the only place that knows every part. Loads each when it is first needed. */
export function makeContext(options: GlobalOptions, output: Output, signal: AbortSignal, host: Process): Context {
  const isSandbox = options.scenario !== null
  const folder = join(options.cwd, '.launch', ...(isSandbox ? ['sandbox'] : []))
  const made: {
    project?: Promise<Project>
    actor?: Promise<Actor>
    sandbox?: Sandbox
    worlds: Map<string, Promise<OutsideWorld>>
  } = {
    worlds: new Map(),
  }
  const context: Context = {
    options,
    env: host.env,
    signal,
    output,
    isSandbox,
    canAsk: canPrompt(host.stdin, host.stderr, { noInput: options.noInput }),
    folder,
    project: () =>
      (made.project ??= import('./compose/project.ts').then(({ openProject }) => openProject(options, host.env))),
    actor: () =>
      (made.actor ??= import('./host/user.ts').then(({ whoRuns }) => whoRuns(options.cwd, host.env, signal))),
    world: (plan, order = {}) => {
      // A resumed launch goes on with its stored plan: with the buckets and the flag of then, not with those of the sheet of now.
      const name = planHash(plan)
      const opened = made.worlds.get(name) ?? openOutside(plan, order)
      made.worlds.set(name, opened)
      return opened
    },
    state: async (plan) => {
      const [{ stateStore }, project, world] = await Promise.all([
        import('./compose/world.ts'),
        context.project(),
        context.world(plan),
      ])
      const { lazyObjects } = await import('./compose/aws-world.ts')
      const location = options.state ?? (isSandbox ? `file:${join(folder, 'state')}` : project.state)
      return stateStore(location, options.cwd, (bucket) => {
        const home = plan.environments[options.env] ?? plan.environments['production']
        if (!home) throw new Error('the plan has no production')
        return lazyObjects(world.aws(home), bucket)
      })
    },
    launches: async (plan) => {
      const { launches } = await import('./journal/launches.ts')
      const [store, world, actor] = await Promise.all([context.state(plan), context.world(plan), context.actor()])
      return launches(plan.app, 'production', { store, clock: world.clock, random: world.random, actor })
    },
    sandboxLaunch: async (plan) => {
      if (!isSandbox || options.state !== null) return null
      const [{ launches }, { directoryStore }, { systemClock }, { ulidRandom }] = await Promise.all([
        import('./journal/launches.ts'),
        import('./journal/directory-store.ts'),
        import('./host/clock.ts'),
        import('./host/random.ts'),
      ])
      const clock = systemClock()
      const store = directoryStore(join(folder, 'state'))
      return launches(plan.app, 'production', {
        store,
        clock,
        random: ulidRandom(clock),
        actor: await context.actor(),
      }).current(signal)
    },
    ports: async (plan, order) => {
      const [{ enginePorts }, project, world, actor] = await Promise.all([
        import('./compose/engine-ports.ts'),
        context.project(),
        context.world(plan),
        context.actor(),
      ])
      const people = await peopleFor(order, plan, actor)
      const { root } = project
      return enginePorts({
        plan,
        root,
        env: host.env,
        world,
        people,
        actorName: actor.name,
        sandbox: isSandbox,
        log: order.log,
        report: order.report,
      })
    },
    emergency: async (target) => {
      const { emergencyPorts } = await import('./compose/emergency.ts')
      if (isSandbox) made.sandbox ??= await attachOnly()
      return emergencyPorts(target, {
        env: host.env,
        environment: options.env,
        allowEndpoint: options.allowEndpoint,
        sandbox: made.sandbox ?? null,
      })
    },
    release: async (plan) => {
      const [{ release }, { versionOf }, { root }, world] = await Promise.all([
        import('./compose/engine-ports.ts'),
        import('./compose/version-of.ts'),
        context.project(),
        context.world(plan),
      ])
      const facts = await release({ root, env: host.env, sandbox: isSandbox }, signal)
      return { commit: facts.commit, version: await versionOf(facts, plan, world.files) }
    },
    spinner: async () => {
      if (options.quiet || options.jsonl) return null
      const { spinnerOn } = await import('./compose/output.ts')
      return spinnerOn(host.stderr, output.err.terminal)
    },
    sandboxControl: async () =>
      (await import('./compose/sandbox-control.ts')).sandboxControl(join(options.cwd, '.launch', 'sandbox')),
    close: async () => {
      await made.sandbox?.close()
    },
  }
  return context

  async function openOutside(
    plan: Plan,
    order: { readonly fresh?: boolean; readonly driver?: boolean },
  ): Promise<OutsideWorld> {
    const { outsideWorld } = await import('./compose/world.ts')
    const { root, states } = await context.project()
    if (options.scenario !== null) {
      const { openWorld } = await import('./compose/sandbox-world.ts')
      const { scenario, scenarioNamed, seed } = options
      const { driver = true } = order
      const url = host.env['LAUNCH_SANDBOX_URL'] || null
      // The world of another host is played in as it is.
      const fresh = order.fresh === true && url === null
      made.sandbox ??= await openWorld({
        plan,
        states,
        dir: join(folder, 'world'),
        url,
        scenario,
        scenarioNamed: scenarioNamed && !fresh,
        seed,
        fresh,
        driver,
      })
    }
    return outsideWorld({
      plan,
      root,
      env: host.env,
      allowEndpoint: options.allowEndpoint,
      sandbox: made.sandbox ?? null,
    })
  }

  async function attachOnly(): Promise<Sandbox> {
    const { attachTo, openSandbox } = await import('./sandbox/attach.ts')
    const url = host.env['LAUNCH_SANDBOX_URL']
    return url ? attachTo(url) : openSandbox({ dir: join(folder, 'world') }, 'attach')
  }

  async function peopleFor({ people: mode, introduce }: PortsOrder, plan: Plan, actor: Actor): Promise<People> {
    const { firstOf, nobody, playedPeople, unsigned, yesPeople } = await import('./compose/people.ts')
    const yes = options.yes ? [yesPeople(actor.name, mode === 'auto')] : []
    if (mode === 'auto') {
      return made.sandbox
        ? playedPeople(
            made.sandbox.config.scenario,
            plan.approvals.map(({ role }) => role),
          )
        : firstOf(yes)
    }
    const { terminalPeople } = await import('./host/prompt.ts')
    const atTerminal = terminalPeople({ input: host.stdin, output: host.stderr }, actor.name, introduce)
    const person = context.canAsk ? [options.skipUat ? unsigned(atTerminal) : atTerminal] : []
    // In the sandbox a single command's confirmation is played when nobody can be asked: nothing real can change.
    const played =
      made.sandbox && mode === 'step' && person.length === 0 ? [yesPeople('sandbox:release-captain', false)] : []
    return firstOf([...yes, ...person, ...played, nobody])
  }
}
