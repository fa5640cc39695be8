import type { Version } from '../core/brand.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { whole } from './document.ts'
import { agreeing, readLaunchBlock } from './launch-block.ts'
import { list, Malformed, number, record, show, strictly, type Fields } from './strict.ts'

export type FlagParsed =
  | { readonly status: 'read'; readonly flag: FlagState }
  | { readonly status: 'malformed'; readonly why: string }

/**
 * Reads a flag document, strictly: flagd loads `{}`, unknown operators and negative weights without a word, so anything
 * that launch would not have written is malformed here, and what the flag says must be what its `launch` block says.
 */
export function readFlagDocument(text: string, key: string): FlagParsed {
  const found = strictly(() => flagOf(JSON.parse(text), key))
  return 'malformed' in found ? { status: 'malformed', why: found.malformed } : { status: 'read', flag: found }
}

/** A document that is there, as a reading of its store. */
export function documentReading(text: string, version: Version, key: string): FlagReading {
  const parsed = readFlagDocument(text, key)
  return parsed.status === 'read' ? { status: 'present', flag: parsed.flag, version } : { ...parsed, version }
}

function flagOf(document: unknown, key: string): FlagState {
  const root = record(document, 'the document', ['$schema', 'flags', 'launch', 'metadata'])
  const flags = record(root['flags'], 'flags', [key])
  const points = exposedPoints(
    record(flags[key], `flags.${key}`, ['state', 'variants', 'defaultVariant', 'targeting', 'metadata']),
  )
  return agreeing(readLaunchBlock(root['launch'], key), points, 'the targeting exposes')
}

function exposedPoints(flag: Fields): number {
  if (flag['state'] !== 'ENABLED')
    throw new Malformed(`state is ${show(flag['state'])}: a flag that is not ENABLED gives the caller's default`)
  const variants = record(flag['variants'], 'variants', ['on', 'off'])
  if (variants['on'] !== true || variants['off'] !== false)
    throw new Malformed('variants are not { on: true, off: false }')
  if (flag['defaultVariant'] !== 'off')
    throw new Malformed(`defaultVariant is ${show(flag['defaultVariant'])}, not "off"`)
  if (flag['targeting'] === undefined) return 0
  const targeting = record(flag['targeting'], 'targeting', ['fractional'])
  return targeting['fractional'] === undefined ? 0 : onWeight(list(targeting['fractional'], 'fractional'))
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
