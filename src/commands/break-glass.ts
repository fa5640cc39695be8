import type { Output } from '../compose/output.ts'
import { isoTime, type EpochMs } from '../core/brand.ts'
import type { RollbackTarget } from './rollback-target.ts'
import { shellWord } from './shell-word.ts'

/** The same write by hand, for when this machine cannot do it. */
export function breakGlass(target: RollbackTarget, reason: string, now: EpochMs, err: Output['err']): void {
  const document = JSON.stringify({
    flags: { [target.flagKey]: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' } },
    launch: {
      launch: null,
      percent: 0,
      serial: now,
      writeId: 'by-hand',
      latch: true,
      acks: [],
      updatedAt: isoTime(now),
      updatedBy: 'by hand',
      reason,
    },
  })
  if (target.store !== undefined) {
    err.write(`  By hand: turn ${target.flagKey} off in ${target.store['kind']} now, with its own switch or console\n`)
    return
  }
  err.write(
    `  By hand, from a machine that reaches AWS:\n    printf %s ${shellWord(document)} > off.json\n    aws s3api put-object --bucket ${shellWord(target.bucket)} --key ${shellWord(target.key)} --body off.json --content-type application/json --cache-control 'max-age=5, s-maxage=5' --region ${shellWord(target.region)}\n`,
  )
}
