import type { Applied } from './bucket.ts'
import { isFlag, type World } from './world.ts'

const kept = /^\.launch\/releases\/([^/]+)\/files\//

/** What has to hold of every file of production. */
export function siteChanged(world: World, applied: Applied): void {
  if (applied.by === 'before' || isFlag(applied)) return
  const untouchable = I15(applied)
  if (untouchable !== null) world.found('I15', `${applied.key} by ${applied.by}: ${untouchable}`)
  const early = I3(applied, world)
  if (early !== null) world.found('I3', `${applied.key} by ${applied.by}: ${early}`)
}

/** A release's own files stay what they are, whoever deploys or rolls back what else. */
function I15({ key, before, after }: Applied): string | null {
  if (!kept.test(key) && !key.startsWith('assets/')) return null
  if (!after) return 'removed'
  return before && before.etag !== after.etag ? 'written over' : null
}

/** What users are served of a release changes only after its deploy was begun in the journal, with a go before it. */
function I3({ key, by, from }: Applied, { drives, truth }: World): string | null {
  if (key.startsWith('.launch/')) return null
  const launch = drives.get(by)?.launch
  if (launch === undefined) return null
  const journal = truth.journal(launch)
  const release = from === null ? null : kept.exec(from)?.[1]
  const own = journal.findLast((event) => event.type === 'step-done' && event.output.artifact !== undefined)
  const hash = own?.type === 'step-done' ? own.output.artifact?.hash : undefined
  const isRestore = release !== null && release !== `r-${hash?.slice(0, 12)}`
  if (isRestore) return null
  if (!journal.some((event) => event.type === 'step-intended' && event.step === 'rollout/deploy')) {
    // Putting a release back again that was rolled back from is a restore, too.
    return journal.some((event) => event.type === 'rollback-intended') ? null : 'no deploy was begun'
  }
  return journal.some((event) => event.type === 'go-decided' && event.decision === 'go') ? null : 'no go'
}
