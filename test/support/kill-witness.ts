import { z } from 'zod'
import {
  bucketOf,
  chained,
  flagOf,
  Manifest,
  objectOf,
  putsOf,
  servedRelease,
  type JournalEvent,
} from './sandbox-files.ts'

const stateBucket = 'statusboard-launches'
const flagKey = 'flags/status-board-v2.json'

/**
 * What is wrong with a world after a launch was killed and brought to its end: read from what the sandbox left on disk alone. The
 * state is in its S3, so that one log has the journal, the flag and the files in the order in which they were written.
 */
export async function wrongAfter(project: string, wanted: { readonly percent: number }): Promise<readonly string[]> {
  const puts = await putsOf(project)
  const found: string[] = []
  const flag = (await flagOf(project))?.launch
  const events = await journalIn(project, puts).catch((error: unknown) => {
    found.push(`the journal: ${String(error)}`)
    return []
  })
  const journaled = events.filter(({ type }) => type === 'flag-set' || type === 'rolled-back').at(-1)
  const percent = journaled?.type === 'flag-set' ? Number(journaled['percent']) : 0
  if (flag?.percent !== wanted.percent) found.push(`the flag is at ${flag?.percent} %, not at ${wanted.percent} %`)
  if (percent !== wanted.percent) found.push(`the journal says ${percent} %, the flag ${flag?.percent} %`)
  if (flag?.latch !== (wanted.percent === 0)) found.push(`the latch is ${flag?.latch}`)
  const ends = events.filter(({ type }) => type === 'launch-ended').map(({ outcome }) => String(outcome))
  // What had ended well may be rolled back later, and ends so.
  if (ends.length !== 1 && ends.join() !== 'succeeded,rolled-back')
    found.push(`the launch ended ${ends.join(', then ')}`)
  found.push(...(await flagHistory(project, puts)), ...judgedAgain(events), ...uploadedAgain(puts, events))
  for (const bucket of ['sb-prod', 'sb-staging']) {
    const served = await servedRelease(project, bucket)
    if (!served) continue
    // A rollback is about production: a deploy to staging that it cut off leaves some of each release, for the next one to mend.
    const cutOff = bucket === 'sb-staging' && wanted.percent === 0 && doneAt(events, 'staging/deploy') === undefined
    const wrong = cutOff ? await ofNoRelease(project, bucket, served.wrong, puts) : served.wrong
    if (wrong.length > 0) found.push(`files unlike ${served.release} in ${bucket}: ${wrong.join()}`)
  }
  const ids = events.map((event) => String(event['id']))
  if (new Set(ids).size !== ids.length) found.push('an event id twice')
  return found
}

type Puts = Awaited<ReturnType<typeof putsOf>>

async function journalIn(project: string, puts: Puts): Promise<readonly JournalEvent[]> {
  const pointers = puts.filter(({ bucket, key }) => bucket === stateBucket && key.endsWith('/active.json'))
  const pointer = pointers.at(-1)
  if (!pointer) throw new Error('no launch was opened')
  const { launch } = z.object({ launch: z.string() }).parse(JSON.parse(String(await pointer.read())))
  const folder = pointer.key.replace('active.json', `launches/${launch}/events/`)
  const keys = puts.filter(({ bucket, key }) => bucket === stateBucket && key.startsWith(folder))
  const unique = new Set(keys.map(({ key }) => key))
  if (unique.size !== keys.length) throw new Error('an event was written over')
  const bodies = [...unique].toSorted().map(async (key) => String(await objectOf(project, stateBucket, key)))
  return chained(await Promise.all(bodies))
}

/** Once latched the flag stays off, and no raise goes back behind another. */
async function flagHistory(project: string, puts: Puts): Promise<readonly string[]> {
  const found: string[] = []
  let latched = false
  let before = 0
  for (const { bucket, key, read } of puts) {
    if (bucket !== 'sb-prod' || key !== flagKey) continue
    // Each body is a flag document, which flagOf has parsed for the last of them.
    const { percent, latch } = (
      JSON.parse((await read()).toString()) as { launch: { percent: number; latch: boolean } }
    ).launch
    if (latched && percent > 0) found.push(`raised to ${percent} % after a rollback`)
    if (!latch && percent < before) found.push(`lowered from ${before} % to ${percent} %`)
    latched ||= latch
    before = percent
  }
  return found
}

/** A phase that ended and a stage that was left are not judged again. */
function judgedAgain(events: readonly JournalEvent[]): readonly string[] {
  const over = new Set<string>()
  const found: string[] = []
  for (const event of events) {
    const { type } = event
    if (type === 'gate-judged' && over.has(String(event['key']))) found.push(`${String(event['key'])} was judged again`)
    if (type === 'phase-ended') over.add(String(event['phase']))
    if (type === 'stage-left') over.add(`rollout/canary@${Number(event['percent'])}`)
    if (type === 'flag-set' && over.has(`flag ${Number(event['percent'])}`))
      found.push(`${Number(event['percent'])} % was set twice`)
    if (type === 'flag-set') over.add(`flag ${Number(event['percent'])}`)
  }
  return found
}

const doneAt = (events: readonly JournalEvent[], step: string) =>
  events.find((event) => event.type === 'step-done' && event['step'] === step)

/** Which of some files have the content of no release that there ever was. */
async function ofNoRelease(
  project: string,
  bucket: string,
  paths: readonly string[],
  puts: Puts,
): Promise<readonly string[]> {
  const held = await bucketOf(project, bucket)
  const written = puts.filter((put) => put.bucket === bucket && put.key.endsWith('/manifest.json'))
  const manifests = await Promise.all(written.map(async ({ read }) => Manifest.parse(JSON.parse(String(await read())))))
  const known = new Set(manifests.flatMap(({ files }) => files.map(({ path, sha256 }) => `${path} ${sha256}`)))
  return paths.filter((path) => !known.has(`${path} ${held.get(path)}`))
}

/** Once the journal says that a deploy is done, nothing of the site is written again. */
function uploadedAgain(puts: Puts, events: readonly JournalEvent[]): readonly string[] {
  return (
    [
      ['staging/deploy', 'sb-staging'],
      ['rollout/deploy', 'sb-prod'],
    ] as const
  ).flatMap(([step, site]) => {
    const done = doneAt(events, step)
    if (!done) return []
    const name = `/events/${String(done.n).padStart(8, '0')}.json`
    const at = puts.findIndex(({ bucket, key }) => bucket === stateBucket && key.endsWith(name))
    const after = puts.slice(at + 1).filter(({ bucket, key }) => bucket === site && key !== flagKey)
    return after.map(({ key }) => `${site}/${key} was written again after ${step} was done`)
  })
}
