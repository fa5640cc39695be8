import { epochMs } from '../core/brand.ts'
import type { FlagState } from '../core/flag.ts'
import { whole } from './document.ts'

export type FlagParsed =
  | { readonly status: 'read'; readonly flag: FlagState }
  | { readonly status: 'malformed'; readonly why: string }

/**
 * Reads a flag document, strictly: flagd loads `{}`, unknown operators and negative weights without a word, so anything
 * that launch would not have written is malformed here, and what the flag says must be what its `launch` block says.
 */
export function readFlagDocument(text: string, key: string): FlagParsed {
  try {
    return { status: 'read', flag: flagOf(JSON.parse(text), key) }
  } catch (error) {
    if (error instanceof Malformed) return { status: 'malformed', why: error.message }
    if (error instanceof SyntaxError) return { status: 'malformed', why: 'it is not JSON' }
    throw error
  }
}

class Malformed extends Error {}

function flagOf(document: unknown, key: string): FlagState {
  const root = record(document, 'the document', ['$schema', 'flags', 'launch', 'metadata'])
  const flags = record(root['flags'], 'flags', [key])
  const points = exposedPoints(
    record(flags[key], `flags.${key}`, ['state', 'variants', 'defaultVariant', 'targeting', 'metadata']),
  )
  // A newer launch may say more about itself; that changes nothing for anybody.
  const launch = record(root['launch'], 'launch', null)
  const percent = number(launch['percent'], 'launch.percent')
  if (Math.round(percent * 100) !== points) {
    throw new Malformed(`launch.percent is ${percent} but the targeting exposes ${points / 100} %`)
  }
  const latched = boolean(launch['latch'], 'launch.latch')
  if (latched && points > 0) throw new Malformed(`it is latched but exposes ${points / 100} %`)
  return {
    key,
    percent: points / 100,
    serial: serialOf(launch['serial']),
    writeId: text(launch['writeId'], 'launch.writeId'),
    latched,
    acks: list(launch['acks'], 'launch.acks').map((ack) => text(ack, 'launch.acks')),
    launch: launch['launch'] === null ? null : text(launch['launch'], 'launch.launch'),
    updatedAt: instant(launch['updatedAt']),
    updatedBy: text(launch['updatedBy'], 'launch.updatedBy'),
    reason: text(launch['reason'], 'launch.reason'),
  }
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

type Fields = { readonly [name: string]: unknown }

/** `known`: the only fields it may have; null admits any. */
function record(value: unknown, what: string, known: readonly string[] | null): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed(`${what} is missing or not an object`)
  const odd = Object.keys(value).find((name) => known !== null && !known.includes(name))
  if (odd !== undefined) throw new Malformed(`${what} has an unknown field "${odd}"`)
  return Object.fromEntries(Object.entries(value))
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Malformed(`${what} is not a list`)
  return value
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new Malformed(`${what} is ${show(value)}, not a text`)
  return value
}

function boolean(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw new Malformed(`${what} is ${show(value)}, neither true nor false`)
  return value
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Malformed(`${what} is ${show(value)}, not a number`)
  return value
}

function serialOf(value: unknown): number {
  const serial = number(value, 'launch.serial')
  if (!Number.isSafeInteger(serial) || serial < 0) throw new Malformed(`launch.serial is ${serial}`)
  return serial
}

function weight(value: unknown): number {
  const points = number(value, 'a weight')
  if (!Number.isInteger(points) || points < 0)
    throw new Malformed(`weight ${points} is not a whole number from 0 to ${whole}`)
  return points
}

function instant(value: unknown) {
  const at = Date.parse(text(value, 'launch.updatedAt'))
  if (Number.isNaN(at)) throw new Malformed(`launch.updatedAt is ${show(value)}`)
  return epochMs(at)
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? 'missing').slice(0, 60)
}
