import { dirname, join, resolve } from 'node:path'
import type { AllowedEndpoints } from '../aws/endpoint.ts'
import type { GlobalOptions } from './options.ts'
import type { Output } from './output.ts'
import type { Project } from './project.ts'
import type { OutsideWorld } from './world.ts'
import type { Actor } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { planHash } from '../core/plan-hash.ts'
import { processStartedAt } from '../host/clock.ts'
import { canPrompt } from '../host/terminal.ts'
import { userStateFolder } from '../host/user-state.ts'
import type { Launches } from '../journal/launches.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import type { LiveWindow } from '../ui/reporter.ts'
import type { Context } from '../context.ts'

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
    window?: LiveWindow | null
    worlds: Map<string, Promise<OutsideWorld>>
    allowEndpoint: AllowedEndpoints
  } = {
    worlds: new Map(),
    allowEndpoint: options.allowEndpoint,
  }
  const context: Context = {
    options,
    env: host.env,
    signal,
    startedAt: processStartedAt(),
    output,
    isSandbox,
    canAsk: canPrompt(host.stdin, host.stderr, { noInput: options.noInput }),
    askLine: async (question) => {
      const { linePrompt } = await import('../host/prompt.ts')
      return linePrompt({ input: host.stdin, output: host.stderr })(`${question}: `, signal)
    },
    folder,
    spoolFolder: join(isSandbox ? folder : userStateFolder(host.env), 'spool'),
    spool: async () => {
      const [{ spoolIn }, { systemDisk }] = await Promise.all([
        import('../journal/spool.ts'),
        import('../host/disk.ts'),
      ])
      return spoolIn(context.spoolFolder, systemDisk)
    },
    project: () => (made.project ??= import('./project.ts').then(({ openProject }) => openProject(options, host.env))),
    actor: () =>
      (made.actor ??= import('../host/user.ts').then(({ whoRuns }) => whoRuns(options.cwd, host.env, signal))),
    signer: async (plan) => {
      const [{ name }, { signedBy }] = await Promise.all([context.actor(), import('./signer.ts')])
      const production = plan.environments['production']
      return isSandbox || !production ? name : signedBy(name, (await context.world(plan)).aws(production), signal)
    },
    mayGoAlone: async ({ opens }) => {
      if (isSandbox) return
      const [{ mustBeAwsOrThisMachine, mustBeReviewed }, { endpointsOf }] = await Promise.all([
        import('./unattended.ts'),
        import('./aws-world.ts'),
      ])
      mustBeAwsOrThisMachine(endpointsOf(host.env))
      if (options.allowEndpoint) made.allowEndpoint = 'this-machine'
      // What was opened before this was known goes by the rule for people.
      made.worlds.clear()
      if (!opens) return
      const { root, runsheet } = await context.project()
      await mustBeReviewed(root, runsheet, host.env, signal)
    },
    world: (plan, order = {}) => {
      // A resumed launch goes on with its stored plan: with the buckets and the flag of then, not with those of the sheet of now.
      const name = planHash(plan)
      const opened = made.worlds.get(name) ?? openOutside(plan, order)
      made.worlds.set(name, opened)
      return opened
    },
    state: async (plan) => {
      const [{ stateStore }, project, world] = await Promise.all([
        import('./world.ts'),
        context.project(),
        context.world(plan),
      ])
      const { lazyObjects } = await import('./aws-world.ts')
      const location = options.state ?? (isSandbox ? `file:${join(folder, 'state')}` : project.state)
      return stateStore(location, options.cwd, (bucket) => {
        const home = plan.environments[options.env] ?? plan.environments['production']
        if (!home) throw new Error('the plan has no production')
        return lazyObjects(world.aws(home), bucket)
      })
    },
    launches: async (plan) => {
      const { launches } = await import('../journal/launches.ts')
      const [store, world, actor] = await Promise.all([context.state(plan), context.world(plan), context.actor()])
      const { clock, random } = world
      const [{ scrubbedLaunches }, { secretScrubber }, { secretVariables }] = await Promise.all([
        import('./scrubbed.ts'),
        import('../host/secrets.ts'),
        import('./world.ts'),
      ])
      const scrubber = secretScrubber(host.env, secretVariables(plan))
      const there = scrubbedLaunches(launches(plan.app, 'production', { store, clock, random, actor }), scrubber)
      return isSandbox ? there : remembering(there, store.location)
    },
    stateAt: async (location, region) => {
      const { emergencyState } = await import('./emergency-state.ts')
      if (isSandbox) made.sandbox ??= await attachOnly()
      const { allowEndpoint, sandbox = null } = made
      return emergencyState(location, { env: host.env, region, cwd: options.cwd, allowEndpoint, sandbox })
    },
    lastPlans: async () => {
      const [{ lastPlans }, { systemClock }] = await Promise.all([
        import('./last-plans.ts'),
        import('../host/clock.ts'),
      ])
      return lastPlans(join(userStateFolder(host.env), 'plans'), () => systemClock().now())
    },
    sandboxLaunch: async (plan) => {
      if (!isSandbox || options.state !== null) return null
      const [{ launches }, { directoryStore }, { systemClock }, { systemDisk }, { ulidRandom }] = await Promise.all([
        import('../journal/launches.ts'),
        import('../journal/directory-store.ts'),
        import('../host/clock.ts'),
        import('../host/disk.ts'),
        import('../host/random.ts'),
      ])
      const clock = systemClock()
      const store = directoryStore(join(folder, 'state'), systemDisk)
      return launches(plan.app, 'production', {
        store,
        clock,
        random: ulidRandom(clock),
        actor: await context.actor(),
      }).current(signal)
    },
    ports: async (plan, order) => {
      const [{ enginePorts }, project, world, actor, spool] = await Promise.all([
        import('./engine-ports.ts'),
        context.project(),
        context.world(plan),
        context.actor(),
        import('./owed-spool.ts').then(({ spoolOwedTo }) => spoolOwedTo(context, plan, host.env)),
      ])
      const { peopleFor } = await import('./people-for.ts')
      const people = peopleFor(context, order, {
        plan,
        actor,
        at: { input: host.stdin, output: host.stderr },
        sandbox: made.sandbox ?? null,
      })
      const { root } = project
      return enginePorts({
        plan,
        root,
        env: host.env,
        world,
        people,
        actorName: actor.name,
        spool,
        sandbox: isSandbox,
        log: order.log,
        warn: (line) => (options.quiet ? undefined : output.err.write(`${line}\n`)),
        report: order.report,
        waitForInvalidation: order.waitForInvalidation ?? false,
      })
    },
    emergency: async (target) => {
      const { emergencyPorts } = await import('./emergency.ts')
      if (isSandbox) made.sandbox ??= await attachOnly()
      return emergencyPorts(target, {
        env: host.env,
        environment: options.env,
        allowEndpoint: options.allowEndpoint,
        root: dirname(resolve(options.cwd, options.runsheet)),
        sandbox: made.sandbox ?? null,
        warn: (line) => output.err.write(`${line}\n`),
      })
    },
    release: async (plan) => {
      const [{ release }, { versionOf }, { root }, world] = await Promise.all([
        import('./engine-ports.ts'),
        import('./version-of.ts'),
        context.project(),
        context.world(plan),
      ])
      const facts = await release({ root, env: host.env, sandbox: isSandbox }, signal)
      return { commit: facts.commit, version: await versionOf(facts, plan, world.files) }
    },
    checkedOut: async () => {
      const [{ gitFacts }, { root }] = await Promise.all([import('../host/git.ts'), context.project()])
      return (await gitFacts(root, host.env, signal))?.commit ?? null
    },
    spinner: async () => {
      if (options.quiet || options.jsonl || !options.live) return null
      const { spinnerOn } = await import('./output.ts')
      return spinnerOn(host.stderr, output.err.terminal)
    },
    liveWindow: async () => (made.window ??= (await import('./live-window.ts')).liveWindowFor(options, output, host)),
    machine: async () =>
      (await import('./machine.ts')).machine({
        cwd: options.cwd,
        env: host.env,
        allowEndpoint: options.allowEndpoint,
      }),
    notifying: async () => (await import('./notifying.ts')).notifying(context, host.env),
    sandboxControl: async () =>
      (await import('./sandbox-control.ts')).sandboxControl(join(options.cwd, '.launch', 'sandbox')),
    close: async () => {
      made.window?.close()
      await made.sandbox?.close()
    },
  }
  return context

  async function openOutside(
    plan: Plan,
    order: { readonly fresh?: boolean; readonly driver?: boolean },
  ): Promise<OutsideWorld> {
    const { outsideWorld } = await import('./world.ts')
    const { root, states } = await context.project()
    if (options.scenario !== null) {
      const { openWorld } = await import('./sandbox-world.ts')
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
      allowEndpoint: made.allowEndpoint,
      sandbox: made.sandbox ?? null,
      warn: (line) => output.err.write(`${line}\n`),
    })
  }

  /** Whoever opened a launch here can roll it back from here, wherever its run sheet went. */
  function remembering(there: Launches, location: string): Launches {
    return {
      ...there,
      open: async (request, stop) => {
        const opened = await there.open(request, stop)
        const [{ factsOf }, kept] = await Promise.all([import('../runsheet/rollback-facts.ts'), context.lastPlans()])
        await kept.remember(factsOf(opened.plan, location))
        return opened
      },
    }
  }

  async function attachOnly(): Promise<Sandbox> {
    const { attachTo, openSandbox } = await import('../sandbox/attach.ts')
    const url = host.env['LAUNCH_SANDBOX_URL']
    return url ? attachTo(url) : openSandbox({ dir: join(folder, 'world') }, 'attach')
  }
}
