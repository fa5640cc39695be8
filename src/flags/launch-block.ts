import { epochMs } from '../core/brand.ts'
import type { FlagState } from '../core/flag.ts'
import { boolean, list, Malformed, number, record, show, text } from './strict.ts'

/** What launch writes of itself beside the rollout, in every store: who, when, why, and what orders the writes. Plain JSON. */
export function launchBlock(flag: FlagState): object {
  const { launch, percent, serial, writeId, latched, acks, updatedAt, updatedBy, reason } = flag
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
  }
}

/** The flag a block tells of. Throws Malformed. A newer launch may say more about itself; that changes nothing for anybody. */
export function readLaunchBlock(value: unknown, key: string): FlagState {
  const launch = record(value, 'launch', null)
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

/**
 * The flag of a block, held against what its store really exposes. Throws Malformed when they differ: somebody changed the
 * one without the other.
 */
export function agreeing(flag: FlagState, points: number, exposes: string): FlagState {
  if (Math.round(flag.percent * 100) !== points)
    throw new Malformed(`launch.percent is ${flag.percent} but ${exposes} ${points / 100} %`)
  if (flag.latched && points > 0) throw new Malformed(`it is latched but exposes ${points / 100} %`)
  return { ...flag, percent: points / 100 }
}

/** Somebody turned the flag off with the service's own switch: that holds as a latch does, until it is acknowledged. */
export function offByHand(flag: FlagState, where: string): FlagState {
  const { writeId } = flag
  return {
    ...flag,
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
