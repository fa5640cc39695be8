import { version } from '../core/brand.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { agreeing, byShare, launchBlock, offByHand, readLaunchBlock } from './launch-block.ts'
import { exposedPoints as pointsOf, whole } from './points.ts'
import { list, Malformed, number, record, show, strictly, text, type Fields } from './strict.ts'

export type DarklyPlace = { readonly project: string; readonly environment: string; readonly flagKey: string }

/** Indices of a boolean flag's variations, as LaunchDarkly makes them. */
const [on, off] = [0, 1]
/** LaunchDarkly's weights add up to this. */
const allWeight = 100_000
/** A custom property holds at most 64 values of at most 64 characters each. */
const [valueLength, valueCount] = [64, 64]

/** The operations of a JSON patch that make an environment say what a flag says. */
export function writtenIn(flag: FlagState, { environment }: DarklyPlace): readonly object[] {
  const at = `/environments/${environment}`
  const points = pointsOf(flag)
  const weight = points * (allWeight / whole)
  const variations = [
    { variation: on, weight },
    { variation: off, weight: allWeight - weight },
  ]
  const fallthrough =
    points === 0 || points === whole
      ? { variation: points === 0 ? off : on }
      : { rollout: { contextKind: 'user', variations } }
  return [
    { op: 'replace', path: `${at}/on`, value: !flag.latched },
    { op: 'replace', path: `${at}/fallthrough`, value: fallthrough },
    { op: 'add', path: `${at}/offVariation`, value: off },
    { op: 'add', path: `/customProperties/${property(environment)}`, value: { name: 'launch', value: chunks(flag) } },
  ]
}

/** A flag of the REST API, and the count of its changes in all environments. */
export function readDarkly(
  json: unknown,
  place: DarklyPlace,
): { readonly reading: FlagReading; readonly count: number } {
  const count = Number(Object.entries(json ?? {}).find(([name]) => name === '_version')?.[1])
  const found = strictly(() => flagIn(json, place))
  if (found === null) return { reading: { status: 'absent' }, count }
  const at = version(String(count))
  if ('malformed' in found) return { reading: { status: 'malformed', why: found.malformed, version: at }, count }
  return { reading: { status: 'present', flag: found, version: at }, count }
}

/** Null: launch never wrote it and it exposes nobody. */
function flagIn(json: unknown, { environment, flagKey }: DarklyPlace): FlagState | null {
  const root = record(json, 'the flag', null)
  number(root['_version'], '_version')
  const served = record(record(root['environments'], 'environments', null)[environment], environment, null)
  const points = exposedPoints({ ...served, variations: root['variations'] })
  const block = record(root['customProperties'] ?? {}, 'customProperties', null)[property(environment)]
  if (block === undefined) {
    if (points === 0) return null
    throw new Malformed(`launch did not write it and it exposes ${points / 100} %`)
  }
  const written = readLaunchBlock(JSON.parse(joined(block)), flagKey)
  if (served['on'] === false && !written.flag.latched) return offByHand(written.flag, 'LaunchDarkly')
  return agreeing(written, byShare(points), `${environment} exposes`)
}

/** Basis points that a flag of the SDK's own API exposes. Throws Malformed. */
export function splitOf(served: unknown): number {
  return exposedPoints(record(served, 'the flag', null))
}

function exposedPoints(flag: Fields): number {
  const [first, second] = list(flag['variations'], 'variations').map(valueOf)
  if (first !== true || second !== false) throw new Malformed('its variations are not true, false in this order')
  if (flag['offVariation'] !== off)
    throw new Malformed(`offVariation is ${show(flag['offVariation'])}: off would not serve false`)
  if (flag['on'] !== true) return 0
  for (const name of ['rules', 'targets', 'contextTargets', 'prerequisites']) {
    const there = flag[name]
    if (Array.isArray(there) && there.length > 0) throw new Malformed(`it has ${name}, which launch did not write`)
  }
  const { variation, rollout } = record(flag['fallthrough'], 'fallthrough', null)
  if (variation !== undefined) return variation === on ? whole : 0
  return rolledOut(list(record(rollout, 'fallthrough.rollout', null)['variations'], 'the rollout'))
}

function rolledOut(variations: readonly unknown[]): number {
  const [first, second] = variations.map((one) => record(one, 'a weighted variation', null))
  if (variations.length !== 2 || first?.['variation'] !== on || second?.['variation'] !== off)
    throw new Malformed('the rollout is not [on, off] in this order')
  const points = number(first['weight'], 'a weight') / (allWeight / whole)
  if (!Number.isInteger(points)) throw new Malformed(`weight ${show(first['weight'])} is finer than 0.01 %`)
  return points
}

/** A REST flag wraps its variations, an SDK flag does not. */
function valueOf(variation: unknown): unknown {
  return typeof variation === 'object' && variation !== null && 'value' in variation ? variation.value : variation
}

function property(environment: string): string {
  return `launch.${environment}`
}

/** Numbered, because a custom property's values are a set. */
function chunks(flag: FlagState): readonly string[] {
  const room = valueLength - 3
  const parts: string[] = []
  // The reason is what may be long; a JSON text grows by at most six characters for one.
  for (let { reason } = flag; ; reason = `${reason.slice(0, -101)}…`) {
    const json = JSON.stringify(launchBlock({ ...flag, reason }))
    const count = Math.ceil(json.length / room)
    if (count > valueCount && reason.length > 101) continue
    for (let n = 0; n < count; n += 1)
      parts.push(`${String(n).padStart(2, '0')}:${json.slice(n * room, (n + 1) * room)}`)
    return parts
  }
}

function joined(block: unknown): string {
  const values = list(record(block, 'the custom property', null)['value'], 'its value').map((part) => text(part, 'it'))
  return values
    .toSorted()
    .map((part) => part.slice(3))
    .join('')
}
