import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What a sandbox left on disk, read without any code of launch: an independent witness of what a launch did. */

const LogLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('put'), bucket: z.string(), key: z.string(), object: z.object({ sha256: z.string() }) }),
  z.object({ type: z.literal('delete'), bucket: z.string(), key: z.string() }),
  z.object({ type: z.literal('bucket') }),
  z.object({ type: z.literal('invalidation') }),
  z.object({ type: z.literal('record'), kind: z.string(), record: z.unknown() }),
])

const JournalEvent = z.looseObject({
  schema: z.literal(1),
  n: z.int(),
  type: z.string(),
  at: z.number(),
  launch: z.string(),
  prev: z.string().nullable(),
})
export type JournalEvent = z.infer<typeof JournalEvent>

const FlagDocument = z.object({
  flags: z.record(z.string(), z.looseObject({ defaultVariant: z.string(), targeting: z.unknown().optional() })),
  launch: z.looseObject({
    launch: z.string().nullable(),
    percent: z.number(),
    latch: z.boolean(),
    reason: z.string(),
    updatedBy: z.string(),
    serial: z.number(),
  }),
})
export type FlagDocument = z.infer<typeof FlagDocument>

export const Manifest = z.object({
  id: z.string(),
  previous: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), sha256: z.string(), bytes: z.number() })),
})
const Current = z.object({ release: z.string(), previous: z.string().nullable() })

/** Key → sha256 of what a bucket of the project's sandbox holds now. */
export async function bucketOf(project: string, bucket: string): Promise<ReadonlyMap<string, string>> {
  const held = new Map<string, string>()
  for (const line of (await readFile(worldFile(project, 'log.jsonl'), 'utf8')).trim().split('\n')) {
    const entry = LogLine.parse(JSON.parse(line))
    if (entry.type === 'put' && entry.bucket === bucket) held.set(entry.key, entry.object.sha256)
    if (entry.type === 'delete' && entry.bucket === bucket) held.delete(entry.key)
  }
  return held
}

/** Every write of an object in the project's sandbox, oldest first. */
export async function putsOf(project: string) {
  const entries = (await readFile(worldFile(project, 'log.jsonl'), 'utf8')).trim().split('\n')
  return entries.flatMap((line) => {
    const entry = LogLine.parse(JSON.parse(line))
    if (entry.type !== 'put') return []
    const { bucket, key, object } = entry
    return [{ bucket, key, read: () => readFile(worldFile(project, 'blobs', object.sha256)) }]
  })
}

/** The bytes of an object, or null. */
export async function objectOf(project: string, bucket: string, key: string): Promise<Buffer | null> {
  const sha256 = (await bucketOf(project, bucket)).get(key)
  return sha256 === undefined ? null : readFile(worldFile(project, 'blobs', sha256))
}

/** Production's flag document, or null when there never was one. */
export async function flagOf(project: string): Promise<FlagDocument | null> {
  const body = await objectOf(project, 'sb-prod', 'flags/status-board-v2.json')
  return body && FlagDocument.parse(JSON.parse(body.toString('utf8')))
}

/** The release that production says it serves, and whether the bucket's files are byte for byte those of its manifest. */
export async function servedRelease(project: string, bucket = 'sb-prod') {
  const held = await bucketOf(project, bucket)
  const read = async (key: string) => JSON.parse(String((await objectOf(project, bucket, key)) ?? 'null')) as unknown
  const pointer = await read('.launch/current.json')
  if (pointer === null) return null
  const current = Current.parse(pointer)
  const manifest = Manifest.parse(await read(`.launch/releases/${current.release}/manifest.json`))
  const wrong = manifest.files.filter(({ path, sha256 }) => held.get(path) !== sha256).map(({ path }) => path)
  return { release: current.release, files: manifest.files, wrong }
}

/** The journal lines, as they are on disk, of the launch that was opened last. */
export async function journalLines(project: string): Promise<readonly string[]> {
  const root = join(project, '.launch/sandbox/state/v1/statusboard/production')
  // Each replacement of the pointer is a file of its own, numbered.
  const pointers = (await readdir(root)).filter((name) => name.startsWith('active.json'))
  const number = (name: string) => Number(name.split('@')[1] ?? 0)
  const newest = pointers.toSorted((a, b) => number(a) - number(b)).at(-1) ?? 'active.json'
  const { launch } = z.object({ launch: z.string() }).parse(JSON.parse(await readFile(join(root, newest), 'utf8')))
  const folder = join(root, 'launches', launch, 'events')
  const names = (await readdir(folder)).filter((name) => /^\d{8}\.json$/.test(name)).toSorted()
  return Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
}

/** The events of the launch that was opened last. Throws when a number is missing or an event does not carry the hash of the one before. */
export async function journalOf(project: string): Promise<readonly JournalEvent[]> {
  return chained(await journalLines(project))
}

/** Lines of one journal as events; throws when the chain does not hold. */
export function chained(lines: readonly string[]): readonly JournalEvent[] {
  let prev: string | null = null
  return lines.map((line, index) => {
    const event = JournalEvent.parse(JSON.parse(line))
    if (event.n !== index + 1) throw new Error(`event ${event.n} is the ${index + 1}th`)
    if (event.prev !== prev) throw new Error(`event ${event.n} does not carry the hash of the one before`)
    prev = createHash('sha256').update(line).digest('hex')
    return event
  })
}

/** Host of the world: where its AWS API and its sites answer while a process hosts it. */
export async function endpointOf(project: string) {
  const Endpoint = z.object({ ports: z.object({ api: z.int(), sites: z.record(z.string(), z.int()) }) })
  const { ports } = Endpoint.parse(JSON.parse(await readFile(worldFile(project, 'endpoint.json'), 'utf8')))
  return { apiUrl: `http://127.0.0.1:${ports.api}`, siteUrl: `http://127.0.0.1:${ports.sites['production'] ?? 0}` }
}

function worldFile(project: string, ...path: readonly string[]): string {
  return join(project, '.launch/sandbox/world', ...path)
}
