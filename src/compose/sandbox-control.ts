import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { ControlClient } from '../sandbox/control-client.ts'
import { claim, currentHolder, isAlive, readEndpoint } from '../sandbox/host-lock.ts'
import { scenarioNames, scenarioForms, scenarios } from '../sandbox/scenario.ts'
import { openWorld } from './sandbox-world.ts'

/** What the `sandbox` commands do with the sandbox of a folder besides launching in it. */
export type SandboxControl = {
  readonly scenarios: readonly { readonly form: string; readonly about: string; readonly exit: number }[]
  /** Hosts the world until it is closed. Throws UNFINISHED when another process hosts it. */
  serve(order: ServeOrder): Promise<ServedWorld>
  /**
   * Removes world, state and whatever else the sandbox keeps, but for reports and archives; gives the names of what was
   * there. Throws UNFINISHED when a process hosts the world.
   */
  reset(options: { readonly dryRun: boolean }): Promise<readonly string[]>
}

export type ServeOrder = {
  readonly plan: Plan
  readonly states: readonly string[]
  readonly scenario: string
  readonly scenarioNamed: boolean
  readonly seed: number
  /** Virtual time per real time. */
  readonly speed: number
}

export type ServedWorld = {
  readonly apiUrl: string
  readonly siteUrls: { readonly [environment: string]: string }
  readonly scenario: string
  readonly seed: number
  now(): EpochMs
  close(): Promise<void>
}

/** What people made with the sandbox, and keep. */
const kept: readonly string[] = ['reports', 'archives']

/** `folder` is `.launch/sandbox` of a project. */
export function sandboxControl(folder: string): SandboxControl {
  const dir = join(folder, 'world')
  return {
    scenarios: scenarioNames().map((name, i) => ({
      form: scenarioForms()[i] ?? name,
      about: scenarios[name].about,
      exit: scenarios[name].exit,
    })),
    serve: async (order) => {
      await mustBeFree(dir, 'sandbox serve')
      const sandbox = await openWorld({ ...order, dir, url: null, fresh: false, driver: false })
      const { apiUrl, siteUrls, clock, config } = sandbox
      return {
        apiUrl,
        siteUrls,
        scenario: config.scenario,
        seed: config.seed,
        now: () => clock.now(),
        close: () => sandbox.close(),
      }
    },
    reset: async ({ dryRun }) => {
      await mustBeFree(dir, 'sandbox reset')
      const names = (await readdir(folder).catch(() => [])).filter((name) => !kept.includes(name)).sort()
      if (dryRun || names.length === 0) return names
      // With the host's lock in hand nobody else can open the world while it goes.
      if (!claim(dir, (currentHolder(dir)?.generation ?? 0) + 1)) throw busy('another process', 'sandbox reset')
      for (const name of names) await rm(join(folder, name), { recursive: true, force: true })
      await rm(dir, { recursive: true, force: true })
      return names
    },
  }
}

async function mustBeFree(dir: string, command: string): Promise<void> {
  const holder = currentHolder(dir)
  if (holder?.pid == null || !isAlive(holder.pid)) return
  const endpoint = readEndpoint(dir)
  // A host that has just taken its lock has not said yet where it listens.
  if (endpoint?.generation !== holder.generation || (await answers(endpoint.ports.api, holder.pid))) {
    throw busy(`process ${holder.pid}`, command)
  }
}

/** Whether the host is there: its process number alone may have gone to another program. */
async function answers(port: number, pid: number): Promise<boolean> {
  const client = new ControlClient(`http://127.0.0.1:${port}`)
  try {
    return (await client.info()).pid === pid
  } catch {
    return false
  } finally {
    client.close()
  }
}

function busy(who: string, command: string): LaunchError {
  return new LaunchError('UNFINISHED', `${who} runs the sandbox of this folder`, {
    hint: `wait for it or stop it with Ctrl-C, then launch ${command}`,
  })
}
