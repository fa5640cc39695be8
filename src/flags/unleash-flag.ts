import { exposedPercent } from '../core/audience.ts'
import { version } from '../core/brand.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { sha256 } from '../core/hash.ts'
import { agreeing, byShare, launchBlock, offByHand, readLaunchBlock } from './launch-block.ts'
import { boolean, list, Malformed, record, strictly, text, type Fields } from './strict.ts'

/** An environment of a flag in Unleash, as launch sees it. */
export type UnleashState = {
  readonly enabled: boolean
  readonly reading: FlagReading
  /** Id of the strategy launch rolls out with; null before the first write. */
  readonly own: string | null
  /** Strategies that serve users and are not launch's. */
  readonly foreign: readonly { readonly id: string }[]
  /** writeIds of the latches that were left here. */
  readonly latches: readonly string[]
}

/** `groupId` is the salt: it stays the flag's name, so nobody is dealt anew when the share grows. */
export function rolloutStrategy(flag: FlagState): object {
  const rollout = String(exposedPercent(flag.percent, flag.audience))
  const parameters = { rollout, stickiness: 'default', groupId: flag.key }
  return strategy('launch', false, { ...parameters, launch: JSON.stringify(launchBlock(flag)) })
}

/** A strategy that serves nobody and says who turned the flag off. */
export function latchStrategy(flag: FlagState): object {
  const parameters = { rollout: '0', stickiness: 'default', groupId: flag.key }
  return strategy('launch latch', true, { ...parameters, latch: JSON.stringify(launchBlock(flag)) })
}

function strategy(title: string, disabled: boolean, parameters: { readonly [name: string]: string }): object {
  return { name: 'flexibleRollout', title, disabled, constraints: [], segments: [], variants: [], parameters }
}

export function readUnleash(json: unknown, flagKey: string): UnleashState {
  const root = record(json, 'the environment', null)
  const strategies = list(root['strategies'], 'strategies').map(strategyOf)
  const enabled = boolean(root['enabled'], 'enabled')
  const rollouts = strategies.filter(({ parameters }) => parameters['launch'] !== undefined)
  const foreign = strategies.filter(
    ({ disabled, parameters }) => !disabled && parameters['launch'] === undefined && parameters['latch'] === undefined,
  )
  const latches = strategies.flatMap(({ parameters }) => latchOf(parameters['latch'], flagKey))
  const at = version(sha256(JSON.stringify([enabled, strategies])))
  const found = strictly(() => flagIn(enabled, { rollouts, foreign, latches }, flagKey))
  const reading: FlagReading =
    found === null
      ? { status: 'absent' }
      : 'malformed' in found
        ? { status: 'malformed', why: found.malformed, version: at }
        : { status: 'present', flag: found, version: at }
  const own = rollouts[0]?.id ?? null
  return { enabled, reading, own, foreign, latches: latches.map(({ writeId }) => writeId) }
}

type Strategy = { readonly id: string; readonly disabled: boolean; readonly name: unknown; readonly parameters: Fields }
type Parts = {
  readonly rollouts: readonly Strategy[]
  readonly foreign: readonly Strategy[]
  readonly latches: readonly FlagState[]
}

/** Null: launch never wrote it and it exposes nobody. */
function flagIn(enabled: boolean, { rollouts, foreign, latches }: Parts, flagKey: string): FlagState | null {
  const [only] = rollouts
  if (!enabled) {
    const written = only === undefined ? null : lenient(only, flagKey)
    const standing = latches.findLast(({ writeId }) => !written?.acks.includes(writeId)) ?? null
    if (standing !== null || written === null) return standing
    return offByHand(written, 'Unleash')
  }
  if (foreign.length > 0) throw new Malformed(`it has ${foreign.length} strategies that launch did not write`)
  if (only === undefined) return null
  if (rollouts.length > 1) throw new Malformed(`it has ${rollouts.length} strategies of launch`)
  return exposed(only, flagKey)
}

/** The flag of the strategy launch rolls out with. Throws Malformed when it serves others than it says. */
function exposed({ disabled, name, parameters }: Strategy, flagKey: string): FlagState {
  if (name !== 'flexibleRollout' || parameters['groupId'] !== flagKey)
    throw new Malformed('its strategy is not a gradual rollout grouped by the flag')
  const written = readLaunchBlock(JSON.parse(text(parameters['launch'], 'launch')), flagKey)
  const percent = disabled ? 0 : Number(parameters['rollout'])
  return agreeing(written, byShare(Math.round(percent * 100)), 'the rollout exposes')
}

function lenient(found: Strategy, flagKey: string): FlagState | null {
  const read = strictly(() => readLaunchBlock(JSON.parse(text(found.parameters['launch'], 'launch')), flagKey))
  return 'malformed' in read ? null : read.flag
}

/** A latch that nobody can read any more is still one: the switch is off. */
function latchOf(json: unknown, flagKey: string): readonly FlagState[] {
  if (typeof json !== 'string') return []
  const read = strictly(() => readLaunchBlock(JSON.parse(json), flagKey))
  return 'malformed' in read ? [] : [read.flag]
}

/** What the client API serves; whoever it serves nobody from is known from the admin API once both agree. */
export function readServed(json: unknown, reading: FlagReading, flagKey: string): FlagReading {
  const served = strictly(() => (json === null ? null : record(json, 'the feature', null)))
  if (served !== null && 'malformed' in served) return reading
  if (served === null || served['enabled'] !== true) {
    if (reading.status !== 'present' || reading.flag.percent === 0) return reading
    return { ...reading, flag: { ...reading.flag, percent: 0, serial: 0, writeId: '' } }
  }
  const strategies = list(served['strategies'] ?? [], 'strategies').map(strategyOf)
  const own = strategies.find(({ parameters }) => parameters['launch'] !== undefined)
  const at = reading.status === 'absent' ? version('client') : reading.version
  if (own === undefined)
    return { status: 'malformed', why: 'it serves strategies that launch did not write', version: at }
  const found = strictly(() => exposed(own, flagKey))
  return 'malformed' in found
    ? { status: 'malformed', why: found.malformed, version: at }
    : { status: 'present', flag: found, version: at }
}

function strategyOf(value: unknown): Strategy {
  const one = record(value, 'a strategy', null)
  return {
    id: typeof one['id'] === 'string' ? one['id'] : '',
    disabled: one['disabled'] === true,
    name: one['name'],
    parameters: record(one['parameters'] ?? {}, 'parameters', null),
  }
}
