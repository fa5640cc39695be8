import { exposedPercent, type Audience } from '../core/audience.ts'
import { epochMs } from '../core/brand.ts'
import type { FlagState } from '../core/flag.ts'
import { sha256 } from '../core/hash.ts'
import { boolean, list, Malformed, number, record, show, text, type Fields } from './strict.ts'

/** What launch writes of itself beside the rollout, in every store: who, when, why, and what orders the writes. Plain JSON. */
export function launchBlock(flag: FlagState): object {
  const { launch, percent, serial, writeId, latched, acks, updatedAt, updatedBy, reason, audience } = flag
  return {
    launch,
    percent,
    serial,
    writeId,
    latch: latched,
    acks,
    updatedAt: new Date(updatedAt).toISOString(),
    updatedBy,
    reason,
    ...(percent > 0 && audience ? audienceFields(audience) : {}),
  }
}

/** The lists themselves stand where users are dealt by them; the mark tells whether they are still those that launch wrote. */
function audienceFields({ holdbackPercent, ...lists }: Audience): object {
  const mark = markOf(lists)
  return { ...(holdbackPercent > 0 ? { holdback: holdbackPercent } : {}), ...(mark === null ? {} : { lists: mark }) }
}

/** Null without a user in them. */
function markOf({ include, exclude }: Lists): string | null {
  return include.length + exclude.length === 0 ? null : sha256(JSON.stringify([include, exclude])).slice(0, 16)
}

export type Lists = Pick<Audience, 'include' | 'exclude'>

/** What a block says: the flag without its lists, of which it has a mark; null without any. */
export type LaunchBlock = { readonly flag: FlagState; readonly mark: string | null }

/** Throws Malformed. A newer launch may say more about itself; that changes nothing for anybody. */
export function readLaunchBlock(value: unknown, key: string): LaunchBlock {
  const launch = record(value, 'launch', null)
  const mark = launch['lists'] === undefined ? null : text(launch['lists'], 'launch.lists')
  const holdbackPercent = holdbackOf(launch['holdback'])
  const audience = holdbackPercent === 0 ? {} : { audience: { include: [], exclude: [], holdbackPercent } }
  return { flag: { ...flagOf(launch, key), ...audience }, mark }
}

function flagOf(launch: Fields, key: string): FlagState {
  const percent = number(launch['percent'], 'launch.percent')
  return {
    key,
    percent,
    serial: serialOf(launch['serial']),
    writeId: text(launch['writeId'], 'launch.writeId'),
    latched: boolean(launch['latch'], 'launch.latch'),
    acks: list(launch['acks'], 'launch.acks').map((ack) => text(ack, 'launch.acks')),
    launch: launch['launch'] === null ? null : text(launch['launch'], 'launch.launch'),
    updatedAt: instant(launch['updatedAt']),
    updatedBy: text(launch['updatedBy'], 'launch.updatedBy'),
    reason: text(launch['reason'], 'launch.reason'),
  }
}

/** Whom a store shows the new version: a share in basis points, and users by name before that. */
export type Exposed = Lists & { readonly points: number }

/** A store that deals by the share alone. */
export function byShare(points: number): Exposed {
  return { points, include: [], exclude: [] }
}

/**
 * The flag of a block, held against whom its store really shows it to. Throws Malformed when they differ: somebody changed the
 * one without the other.
 */
export function agreeing({ flag, mark }: LaunchBlock, { points, ...lists }: Exposed, exposes: string): FlagState {
  const percent = Math.round(flag.percent * 100) / 100
  const holdbackPercent = flag.audience?.holdbackPercent ?? 0
  const held = holdbackPercent > 0 ? ` with ${holdbackPercent} % held back` : ''
  if (Math.round(exposedPercent(percent, flag.audience) * 100) !== points)
    throw new Malformed(`launch.percent is ${flag.percent}${held} but ${exposes} ${points / 100} %`)
  if (flag.latched && points > 0) throw new Malformed(`it is latched but exposes ${points / 100} %`)
  if (markOf(lists) !== mark) throw new Malformed('its lists of users are not those that launch wrote')
  const isPlain = holdbackPercent === 0 && mark === null
  return { ...flag, percent, ...(isPlain ? {} : { audience: { ...lists, holdbackPercent } }) }
}

function holdbackOf(value: unknown): number {
  if (value === undefined) return 0
  const percent = number(value, 'launch.holdback')
  if (percent > 0 && percent < 100 && Math.abs(Math.round(percent * 100) - percent * 100) < 1e-6) return percent
  throw new Malformed(`launch.holdback is ${percent}`)
}

/** Somebody turned the flag off with the service's own switch: that holds as a latch does, until it is acknowledged. */
export function offByHand(flag: FlagState, where: string): FlagState {
  const { audience: _nobody, ...plain } = flag
  const { writeId } = plain
  return {
    ...plain,
    percent: 0,
    latched: true,
    writeId: `by-hand-after-${writeId}`,
    updatedBy: where,
    reason: `turned off in ${where}`,
  }
}

function serialOf(value: unknown): number {
  const serial = number(value, 'launch.serial')
  if (!Number.isSafeInteger(serial) || serial < 0) throw new Malformed(`launch.serial is ${serial}`)
  return serial
}

function instant(value: unknown) {
  const at = Date.parse(text(value, 'launch.updatedAt'))
  if (Number.isNaN(at)) throw new Malformed(`launch.updatedAt is ${show(value)}`)
  return epochMs(at)
}
