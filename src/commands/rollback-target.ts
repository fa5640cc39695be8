import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { EmergencyTarget } from '../compose/emergency.ts'
import type { Context } from '../context.ts'
import type { RollbackFacts } from '../runsheet/rollback-facts.ts'
import { addressOf, flagPlace, regionOfMachine, targetAt, type FlagPlace } from './flag-place.ts'
import type { StoredFacts } from './stored-facts.ts'

/** Which document to turn off and how to reach it, whose launches to tell, and where they are remembered. */
export type RollbackTarget = EmergencyTarget & {
  readonly app: string | null
  readonly state: string | null
  /** Somebody typed the place: the one the run sheet says, or one that nothing else speaks for. */
  readonly typed?: 'as-known' | 'alone'
}

/**
 * Resolves the target without trusting the run sheet to be whole. In this order: `--flag s3://bucket/key` (or LAUNCH_FLAG);
 * whatever can be read of the sheet; the stored plan of the newest launch at `--state`; what this machine launched last.
 * Throws ROLLBACK_TARGET naming what is missing, or every candidate when there are several.
 */
export async function rollbackTarget(
  context: Context,
  flag: string | null,
  region: string | null,
): Promise<RollbackTarget> {
  const { options, env, output } = context
  const fallback = region ?? regionOfMachine(env)
  const order = { environment: options.env, region, fallbackRegion: fallback }
  const sheet = await readSheet(context)
  // What is played in the sandbox is remembered there, whatever the sheet says.
  const state = options.state ?? (context.isSandbox ? `file:${join(context.folder, 'state')}` : sheet?.state)
  const known: RollbackFacts = {
    ...sheet,
    ...(options.app === null ? {} : { app: options.app }),
    ...(state === undefined ? {} : { state }),
  }
  const place = flagPlace(known, order)
  const named = flag ?? env['LAUNCH_FLAG'] ?? null
  if (named !== null) {
    const target = targetAt(named, known, order)
    return { ...target, typed: 'target' in place && addressOf(place.target) === named ? 'as-known' : 'alone' }
  }
  if ('target' in place) return place.target
  const stored = await storedPlans(context, known, fallback)
  const found = places([...stored.facts, ...(await lastPlans(context, known))], order)
  const [only] = found
  if (only && found.length === 1) {
    output.err.write(`  from the last launch: ${addressOf(only)}, ${only.app ?? ''} in ${only.region}\n`)
    return only
  }
  const { noTarget } = await import('./no-rollback-target.ts')
  throw await noTarget(context, { hasSheet: sheet !== null, lacks: place.lacks, trouble: stored.trouble, found })
}

/** One per document, in the order they were found. */
function places(facts: readonly RollbackFacts[], order: Parameters<typeof flagPlace>[1]): readonly RollbackTarget[] {
  const found = new Map<string, RollbackTarget>()
  for (const one of facts) {
    const place: FlagPlace = flagPlace(one, order)
    const name = 'target' in place ? addressOf(place.target) : null
    if (name !== null && 'target' in place && !found.has(name)) found.set(name, place.target)
  }
  return [...found.values()]
}

/** Enough for a state store that answers: somebody waits for the flag to go off. */
const stateMs = 5000

/** The plans stored with the newest launches at `--state` (or the sheet's): of one app when it is known, else of all. */
async function storedPlans(context: Context, known: RollbackFacts, region: string): Promise<StoredFacts> {
  const location = known.state
  if (location === undefined) return { facts: [], trouble: null }
  try {
    const { storedFacts } = await import('./stored-facts.ts')
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(stateMs)])
    return await storedFacts(context, location, { region, app: known.app ?? null }, signal)
  } catch (error) {
    context.signal.throwIfAborted()
    const { firstLineOf } = await import('../core/errors.ts')
    return { facts: [], trouble: { why: `${location} cannot be read (${firstLineOf(error)})` } }
  }
}

/** A real rollback never goes by what was played: the sandbox keeps nothing there and reads nothing from there. */
async function lastPlans(context: Context, { app }: RollbackFacts): Promise<readonly RollbackFacts[]> {
  if (context.isSandbox) return []
  const kept = await (await context.lastPlans()).read()
  return kept.filter((one) => app === undefined || one.app === app).reverse()
}

/** Null when there is no run sheet. */
async function readSheet(context: Context): Promise<RollbackFacts | null> {
  const path = resolve(context.options.cwd, context.options.runsheet)
  const content = await textOf(path)
  const example =
    content ?? (context.isSandbox ? await textOf(resolve(context.folder, 'example', 'runsheet.yaml')) : null)
  if (example === null) return null
  const { tolerantRead } = await import('../runsheet/tolerant.ts')
  return tolerantRead(example, context.env)
}

/** Null for what is no file: a pipe in its place would keep a rollback waiting. */
async function textOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ? readFile(path, 'utf8').catch(() => null) : null
}
