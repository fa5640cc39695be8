import type { Version } from '../core/brand.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { agreeing, byShare, readLaunchBlock, type Exposed, type Lists } from './launch-block.ts'
import { whole } from './points.ts'
import { list, Malformed, number, record, show, strictly, text, type Fields } from './strict.ts'

export type FlagParsed =
  | { readonly status: 'read'; readonly flag: FlagState }
  | { readonly status: 'malformed'; readonly why: string }

/**
 * Reads a flag document, strictly: flagd loads `{}`, unknown operators and negative weights without a word, so anything
 * that launch would not have written is malformed here, and what the flag says must be what its `launch` block says.
 */
export function readFlagDocument(json: string, key: string): FlagParsed {
  const found = strictly(() => flagOf(JSON.parse(json), key))
  return 'malformed' in found ? { status: 'malformed', why: found.malformed } : { status: 'read', flag: found }
}

/** A document that is there, as a reading of its store. */
export function documentReading(json: string, version: Version, key: string): FlagReading {
  const parsed = readFlagDocument(json, key)
  return parsed.status === 'read' ? { status: 'present', flag: parsed.flag, version } : { ...parsed, version }
}

function flagOf(document: unknown, key: string): FlagState {
  const root = record(document, 'the document', ['$schema', 'flags', 'launch', 'metadata'])
  const flags = record(root['flags'], 'flags', [key])
  const exposed = exposedIn(
    record(flags[key], `flags.${key}`, ['state', 'variants', 'defaultVariant', 'targeting', 'metadata']),
  )
  return agreeing(readLaunchBlock(root['launch'], key), exposed, 'the targeting exposes')
}

function exposedIn(flag: Fields): Exposed {
  if (flag['state'] !== 'ENABLED')
    throw new Malformed(`state is ${show(flag['state'])}: a flag that is not ENABLED gives the caller's default`)
  const variants = record(flag['variants'], 'variants', ['on', 'off'])
  if (variants['on'] !== true || variants['off'] !== false)
    throw new Malformed('variants are not { on: true, off: false }')
  if (flag['defaultVariant'] !== 'off')
    throw new Malformed(`defaultVariant is ${show(flag['defaultVariant'])}, not "off"`)
  if (flag['targeting'] === undefined) return byShare(0)
  const targeting = record(flag['targeting'], 'targeting', ['fractional', 'if'])
  const names = Object.keys(targeting)
  if (names.length > 1) throw new Malformed('targeting has both fractional and if')
  if (names.length === 0) return byShare(0)
  return targeting['if'] === undefined ? byShare(shareOf(targeting)) : namedFirst(list(targeting['if'], 'if'))
}

function shareOf(rule: Fields): number {
  return onWeight(list(rule['fractional'], 'fractional'))
}

/** Who is excluded, who is included, and the share of everybody else, in this order. */
function namedFirst(rules: readonly unknown[]): Exposed {
  const rest = rules.at(-1)
  const pairs = rules.slice(0, -1)
  const variants = pairs.filter((_, at) => at % 2 === 1)
  const order = JSON.stringify(variants)
  if (pairs.length % 2 !== 0 || !['["off","on"]', '["off"]', '["on"]'].includes(order))
    throw new Malformed('if is not who is excluded, "off", who is included, "on", and the share of the others')
  const lists = pairs.filter((_, at) => at % 2 === 0).map(usersIn)
  const of = (variant: 'on' | 'off') => lists[variants.indexOf(variant)] ?? []
  const named: Lists = { exclude: of('off'), include: of('on') }
  return { ...named, points: shareOf(record(rest, 'the last of if', ['fractional'])) }
}

/** `{ in: [{ var: 'targetingKey' }, [ids]] }`. A text in place of the list would be searched for parts of ids. */
function usersIn(condition: unknown): readonly string[] {
  const [key, users, ...more] = list(record(condition, 'a condition', ['in'])['in'], 'in')
  if (JSON.stringify(key) !== '{"var":"targetingKey"}' || more.length > 0)
    throw new Malformed('a condition of if is not the targeting key in a list of users')
  return list(users, 'a list of users').map((user) => text(user, 'a user'))
}

/** `["on", n], ["off", 10000 - n]`, with or without flagd's default bucketing spelled out before them. */
function onWeight(fractional: readonly unknown[]): number {
  const buckets = isDefaultBucketing(fractional[0]) ? fractional.slice(1) : fractional
  const [on, off] = buckets.map((bucket) => list(bucket, 'a fractional bucket'))
  if (buckets.length !== 2 || on?.length !== 2 || off?.length !== 2 || on[0] !== 'on' || off[0] !== 'off') {
    throw new Malformed('fractional is not [["on", n], ["off", m]]')
  }
  const [onPoints, offPoints] = [weight(on[1]), weight(off[1])]
  if (onPoints + offPoints !== whole)
    throw new Malformed(`weights ${onPoints} and ${offPoints} do not add up to ${whole}`)
  return onPoints
}

const defaultBucketing = JSON.stringify({ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] })

function isDefaultBucketing(part: unknown): boolean {
  return JSON.stringify(part) === defaultBucketing
}

function weight(value: unknown): number {
  const points = number(value, 'a weight')
  if (!Number.isInteger(points) || points < 0)
    throw new Malformed(`weight ${points} is not a whole number from 0 to ${whole}`)
  return points
}
