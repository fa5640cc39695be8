import { faultProxy, killPhases, type FaultProxy, type KillPhase, type NamedRequest } from './fault-proxy.ts'
import { launchProject, type LaunchProject } from './launch-project.ts'
import type { BinResult } from './run-bin.ts'
import { wrongAfter } from './kill-witness.ts'

/** What happens after the process was killed. */
export const continuations = ['resume', 'resume elsewhere', 'rollback, then resume'] as const
export type Continuation = (typeof continuations)[number]

export type KillPoint = {
  readonly name: string
  readonly occurrence: number
  readonly phase: KillPhase
  readonly next: Continuation
}

/** Launches of real processes in one served world, every AWS request of theirs through a proxy; the state is in S3, too. */
export type Stage = AsyncDisposable & {
  readonly project: LaunchProject
  readonly proxy: FaultProxy
  readonly options: { readonly env: { readonly LAUNCH_SANDBOX_URL: string }; readonly timeoutMs: number }
}

export const inS3 = ['--sandbox', '--state', 's3://statusboard-launches']

/** Two stages instead of four, fewer looks, and nothing after the full rollout: every kind of effect is still there. */
function reduced(sheet: string): string {
  const changes: readonly (readonly [string | RegExp, string])[] = [
    ['stages: [10%, 30%, 50%, 100%], bake: 10m, every: 30s', 'stages: [50%, 100%], bake: 10m, every: 5m'],
    [/ {2}- \{ id: (?:verify|full),[^\n]*\n/g, ''],
    [/ {2}- \{ id: closeout,[^\n]*\n/, '  - { id: closeout, title: Closeout, run: [report] }\n'],
  ]
  return changes.reduce((text, [from, to]) => {
    const next = text.replaceAll(from instanceof RegExp ? new RegExp(from.source, 'g') : from, to)
    if (next === text) throw new Error(`the run sheet no longer says ${String(from)}`)
    return next
  }, sheet)
}

/** A world of its own, served by a process of its own, whose clock jumps whenever everybody in it sleeps. */
export async function stage(): Promise<Stage> {
  const project = await launchProject(reduced)
  const host = project.start(['sandbox', 'serve', '--jsonl'], { timeoutMs: 600_000 })
  const { apiUrl } = JSON.parse((await host.waitFor('"serving"', 60_000)).trim())
  await fetch(`${apiUrl}/_sandbox/clock/speed`, { method: 'POST' })
  const proxy = await faultProxy(apiUrl)
  return {
    project,
    proxy,
    options: { env: { LAUNCH_SANDBOX_URL: proxy.url }, timeoutMs: 120_000 },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

/** The AWS requests of a launch that nothing happens to. */
export async function recorded(): Promise<readonly NamedRequest[]> {
  await using world = await stage()
  const ran = await world.project.run(['auto', ...inS3, '--json'], world.options)
  if (ran.exitCode !== 0) throw new Error(`the launch ends with ${ran.exitCode}: ${ran.stderr.slice(-2000)}`)
  return world.proxy.requests
}

/** Every effect of a recording and one of every kind of read, in every phase, with every continuation. */
export function everyPoint(requests: readonly NamedRequest[]): readonly KillPoint[] {
  const seen = new Map<string, number>()
  return requests.flatMap(({ name, isEffect }) => {
    const occurrence = (seen.get(name) ?? 0) + 1
    seen.set(name, occurrence)
    if (!isEffect && occurrence > 1) return []
    // A read changes nothing: one phase of it is as good as another.
    const phases = isEffect ? killPhases : (['before'] as const)
    return phases.flatMap((phase) => continuations.map((next) => ({ name, occurrence, phase, next })))
  })
}

/**
 * One point of every kind of effect at every stage of the canary, phase after phase and continuation after continuation in turn;
 * and one of every kind of read.
 */
export function representatives(requests: readonly NamedRequest[]): readonly KillPoint[] {
  const first = new Map<string, NamedRequest>()
  for (const one of requests) if (!first.has(kindOf(one))) first.set(kindOf(one), one)
  const turn = <T>(list: readonly [T, ...T[]], n: number): T => list[n % list.length] ?? list[0]
  return [...first.values()].map(({ name, isEffect }, i) => ({
    name,
    occurrence: 1,
    phase: isEffect ? turn(killPhases, i) : 'before',
    next: turn(continuations, i + Math.floor(i / killPhases.length)),
  }))
}

/** A read by its verb; an event by its type, a verdict by what it says, both with the stage where there is one. */
function kindOf({ name, isEffect }: NamedRequest): string {
  const [verb = '', bucket, what, type, ...about] = name.split(' ')
  if (!isEffect) return verb
  if (what !== 'event') return name
  const [percent = ''] = /@\d+/.exec(name) ?? []
  return [verb, bucket, type, type === 'gate-judged' ? about.at(-1) : '', percent].join(' ')
}

export const titleOf = ({ name, occurrence, phase, next }: KillPoint) =>
  `${name} (${occurrence}) ${{ before: 'before it arrives', applied: 'applied, no reply', replied: 'just replied' }[phase]}, then ${next}`

/** Kills a launch at a point, goes on as it says, and gives what independent readers then find wrong. Null: the point never came. */
export async function killedAt(point: KillPoint): Promise<readonly string[] | null> {
  await using world = await stage()
  const { project, proxy, options } = world
  await using launch = project.start(['auto', ...inS3, '--jsonl'], options)
  proxy.arm({ ...point, kill: () => launch.kill('SIGKILL') })
  const ended = await launch.done
  if (ended.signal !== 'SIGKILL') return ended.exitCode === 0 ? null : [`the launch ended with ${said(ended)}`]
  const isRollback = point.next === 'rollback, then resume'
  if (isRollback) {
    const off = await project.run(['rollback', 'emergency', ...inS3, '--json', '--reason', 'killed'], options)
    if (off.exitCode !== 0) return [`the rollback ends with ${said(off)}`]
  }
  await using elsewhere = await launchProject(reduced)
  const machine = point.next === 'resume elsewhere' ? elsewhere : project
  // What was built is handed on, as a pipeline does between its jobs: the journal holds its hash, not its bytes.
  if (machine === elsewhere) await machine.run([], { command: [process.execPath, 'build.mjs'] })
  const first = await machine.run(['resume', ...inS3, '--json'], options)
  // Killed before anything was remembered: there is nothing to resume, and a new launch is what a person would start.
  const nothing = first.exitCode === 2 && first.stdout.includes('"NO_LAUNCH"')
  const last = nothing ? await machine.run(['auto', ...inS3, '--json'], options) : first
  const expected = isRollback ? (nothing ? 7 : 4) : 0
  if (last.exitCode !== expected) return [`what follows ends with ${said(last)}, not ${expected}`]
  if (nothing && isRollback) return []
  return await wrongAfter(project.path, { percent: isRollback ? 0 : 100 })
}

function said({ exitCode, signal, stderr, stdout }: BinResult): string {
  return `${exitCode ?? signal}: ${stderr.slice(-600)}\n${stdout.slice(-600)}`
}
