import { admitEndpoint } from '../aws/endpoint.ts'
import { epochMs, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { LivePages, ServedPages } from '../core/live-pages.ts'
import { systemClock } from '../host/clock.ts'
import { systemExec } from '../host/exec.ts'
import { gitFacts, type GitFacts } from '../host/git.ts'
import { systemHttp } from '../host/http.ts'
import { secretScrubber } from '../host/secrets.ts'
import { awsOf, endpointsOf, keyFilesOf } from './aws-world.ts'
import { wait } from './wait.ts'

/** A service far away that says its time without asking who wants to know it. */
const timeMs = 10_000

/** What a launch needs of the machine it runs on, apart from any run sheet. Nothing here changes anything. */
export type Machine = {
  /** Version of the Node that runs this: `20.19.0`. */
  readonly node: string
  /** Null without git, a checkout or a commit. Throws GIT_REFUSED. */
  git(signal: AbortSignal): Promise<GitFacts | null>
  /** Which of these programs are not to be found. */
  lacks(programs: readonly string[]): Promise<readonly string[]>
  /** How far this machine's clock is ahead of AWS, which needs no credentials. Throws UNREACHABLE, ENDPOINT_REFUSED. */
  aheadMs(region: string, signal: AbortSignal): Promise<{ readonly host: string; readonly ms: number }>
  /** Who this machine is in AWS when nobody says otherwise. Throws CREDENTIALS, UNREACHABLE, ENDPOINT_REFUSED. */
  caller(region: string, signal: AbortSignal): Promise<{ readonly account: string; readonly arn: string }>
  /** Pages for the browsers of this machine; port 0 is any free one. Throws USAGE when the port cannot be had. */
  serve(pages: LivePages, port: number): Promise<ServedPages>
}

export type MachineOptions = {
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
  readonly allowEndpoint: boolean
}

export function machine({ cwd, env, allowEndpoint }: MachineOptions): Machine {
  const clock = systemClock()
  const endpoints = endpointsOf(env)
  const exec = systemExec({ env, scrubber: secretScrubber(env) })
  return {
    node: process.versions.node,
    git: (signal) => gitFacts(cwd, env, signal),
    lacks: async (programs) => {
      const found = await Promise.all(programs.map((name) => exec.which([name])))
      return programs.filter((_, i) => found[i] === null)
    },
    aheadMs: async (region, signal) => {
      const url = endpoints.sts ?? endpoints.all ?? `https://sts.${region}.${domainOf(region)}/`
      admitEndpoint(url, allowEndpoint)
      const before = clock.now()
      const { headers } = await systemHttp().get(url, { timeoutMs: timeMs }, signal)
      return { host: new URL(url).host, ms: aheadOf(headers['date'], before, clock.now(), url) }
    },
    caller: (region, signal) =>
      awsOf(
        { region, profile: null, role: null, account: null },
        { endpoints, allowEndpoint, credentials: null, wait, keyFiles: keyFilesOf(env, null) },
      ).caller(signal),
    serve: async (pages, port) => (await import('../host/live-pages.ts')).servePages(pages, { port }),
  }
}

function domainOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
}

/** A `Date` counts whole seconds and was written between asking and hearing: within that the clocks agree. */
function aheadOf(date: string | undefined, before: EpochMs, after: EpochMs, url: string): number {
  const at = Date.parse(date ?? '')
  if (!Number.isFinite(at)) throw new LaunchError('UNREACHABLE', `${url} answered without a date`)
  const told = epochMs(at)
  if (before > told + 1000) return before - told - 1000
  return Math.min(0, after - told)
}
