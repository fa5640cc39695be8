import type { DocumentPlace } from '../compose/emergency-place.ts'
import { nearest } from '../core/nearest.ts'
import { safeLine } from '../core/safe-text.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** Somebody waits, and a bucket can be long. */
const listMs = 3000
const most = 5

/** Which document may be meant where there is none at the key that was typed. */
export async function documentsNear(
  target: RollbackTarget,
  place: DocumentPlace | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (target.store !== undefined || place === null) return []
  const { bucket, key, region } = target
  const beside = await keysBeside(place, signal)
  if (beside === null) return [`the bucket cannot be listed from here: aws s3 ls s3://${bucket}/ --recursive does it`]
  const [first, ...others] = nearestFirst(key, beside)
  if (first === undefined) return ['there is no other document near it']
  const shown = [first, ...others.slice(0, most - 1)].join(', ')
  const more = others.length < most ? '' : `, and ${others.length + 1 - most} more`
  return [
    `documents near it: ${safeLine(shown)}${more}`,
    `if the first is meant: launch rollback emergency --flag ${safeLine(`s3://${bucket}/${first}`)} --region ${region}`,
  ]
}

/** Null where listing does not work, or not in time. */
async function keysBeside(place: DocumentPlace, signal: AbortSignal): Promise<readonly string[] | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(listMs)])
  return place.beside(limit).catch(() => null)
}

function nearestFirst(key: string, keys: readonly string[]): readonly string[] {
  const nameOf = (one: string) => one.slice(one.lastIndexOf('/') + 1)
  const near = nearest(nameOf(key), keys.map(nameOf))
  const isNear = (one: string) => nameOf(one) === near
  return [...keys.filter(isNear), ...keys.filter((one) => !isNear(one))]
}
