import { LaunchError } from '../../src/core/errors.ts'
import { fold } from '../../src/core/reduce.ts'
import type { RunEnd } from '../../src/engine/session.ts'
import { readFlagDocument } from '../../src/flags/read-document.ts'
import { keys, type Current, type Manifest } from '../../src/core/release.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import type { LaunchWorld } from './launch-world.ts'
import { never } from './real-time.ts'
import type { Tap } from './tapped.ts'

/** What a killed process is to its caller: nothing of it runs any more. */
export class Killed extends Error {}

/** Calls that change something; a process that dies between two others dies at the same point of the world. */
export const changes = /\.(?:put|copy|remove|create|swap|write|sleepUntil|run)$/

export type Trouble = 'killed after' | 'fails before' | 'reply lost after'

/** Trouble at the n-th call that matches: the process dies, or the service does not answer once. */
export function troubleAt(
  n: number,
  trouble: Trouble,
  matching: RegExp,
): { readonly tap: Tap; readonly happened: () => string | null } {
  let seen = 0
  let happened: string | null = null
  const tap: Tap = async (call, go) => {
    if (happened !== null && trouble === 'killed after') throw new Killed(happened)
    if (!matching.test(call) || (seen += 1) !== n) return go()
    happened = call
    if (trouble !== 'fails before') await go()
    throw trouble === 'killed after' ? new Killed(call) : new LaunchError('UNREACHABLE', `${call}: ECONNRESET`)
  }
  return { tap, happened: () => happened }
}

/**
 * Watches every change of the production flag as users would see it: says what was against the rules. A raise needs its
 * intent in the journal, the stage before it left as passed, and no latch that it does not acknowledge.
 */
export function flagWatch(world: LaunchWorld, key = 'flags/new-board.json'): { readonly violations: string[] } {
  const violations: string[] = []
  const put: ObjectStore['put'] = (...args) => bucket.put(...args)
  const bucket = { ...world.production }
  // The bucket is the test's own: every process of this world writes through it.
  Object.assign(world.production, {
    put: async (...args: Parameters<ObjectStore['put']>) => {
      if (args[0] !== key) return put(...args)
      const before = await world.flag()
      const result = await put(...args)
      if (result.status === 'conflict') return result
      const parsed = readFlagDocument(new TextDecoder().decode(args[1]), world.plan.flag.key)
      if (parsed.status !== 'read') return (violations.push(`unreadable: ${parsed.why}`), result)
      const next = parsed.flag
      if (next.percent === 0) return result
      const state = fold(await world.events())
      const stages = Object.values(state?.stages ?? {}).flat()
      const own = stages.at(-1)
      if (own?.status !== 'shifting' || own.writeId !== next.writeId)
        violations.push(`${next.percent} % without an intent`)
      if (stages.slice(0, -1).some((stage) => stage.status !== 'left' || stage.verdict === 'fail'))
        violations.push(`${next.percent} % past a stage that was not left`)
      if (before?.latched && !next.acks.includes(before.writeId)) violations.push(`${next.percent} % over a latch`)
      if (before && next.percent < before.percent) violations.push(`lowered to ${next.percent} %`)
      return result
    },
  })
  return { violations }
}

/** What a launch that came to its end must look like, whatever happened on the way; an empty list when it does. */
export async function faults(world: LaunchWorld, end: RunEnd): Promise<readonly string[]> {
  const state = await world.state()
  const flag = await world.flag()
  const found: string[] = []
  if (state.ended?.outcome !== end.outcome) found.push(`ended ${end.outcome}, the journal says ${state.ended?.outcome}`)
  if (state.rollingBack) found.push('a rollback is still under way')
  if (end.outcome === 'succeeded' && (flag?.writeId !== state.flag?.writeId || flag?.percent !== 100))
    found.push(`flag at ${flag?.percent}`)
  if (end.outcome === 'rolled-back' && (!flag?.latched || flag.percent !== 0))
    found.push('rolled back, but the flag is not latched')
  const ids = (await world.events()).map(({ id }) => id)
  if (new Set(ids).size !== ids.length) found.push('an event id twice')
  for (const bucket of [world.production, world.staging]) found.push(...(await unlikeManifest(bucket)))
  return found
}

/** Files of the release a bucket says it serves that are not there as its manifest has them. */
export async function unlikeManifest(bucket: ObjectStore): Promise<readonly string[]> {
  const current = await bucket.get(keys.current, never)
  if (!current) return []
  const { release } = JSON.parse(new TextDecoder().decode(current.body)) as Current
  const stored = await bucket.get(keys.manifest(release), never)
  if (!stored) return [`${release} has no manifest`]
  const manifest = JSON.parse(new TextDecoder().decode(stored.body)) as Manifest
  const wrong = await Promise.all(
    manifest.files.map(async (file) => {
      const there = await bucket.get(file.path, never)
      return there && sha256(there.body) === file.sha256
        ? []
        : [`${bucket.bucket}/${file.path} is not as in ${release}`]
    }),
  )
  return wrong.flat()
}
