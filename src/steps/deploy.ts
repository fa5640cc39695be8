import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import type { ObjectStore } from '../core/ports.ts'
import { invalidationPaths, keys, type Current, type Manifest, type ReleaseFile } from '../core/release.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'
import { adopt } from './adopt.ts'
import { builtFiles, compare, listKeys, mustBeBuilt, type Comparison, type Listed } from './compare.ts'
import { eachFile } from './each-file.ts'
import { invalidationDone } from './invalidation-done.ts'
import { giveWay, headersOf, mustBeUndisturbed, putInPlace } from './publish.ts'
import { moveCurrent, readLive, writeManifest, type Live } from './releases.ts'
import { filesToVerify } from './sample.ts'
import { toUpload, upload } from './upload.ts'
import { uploadProgress } from './upload-progress.ts'
import { verifyServed } from './verify-served.ts'

/** How long old copies may outlive a deploy at the edge before it counts as broken: several times the TTL of HTML. */
const verifyMs = 90_000

export const deploy = defineStep({
  kind: 'deploy',
  about: 'uploads the artifact to an environment: assets first, HTML last, the previous release kept',
  example: '{ deploy: staging }',
  spec: z.string().describe('name of an environment'),
  changes: () => 'users',
  environment: (spec) => spec,
  plannedMs: () => 120_000,
  title: (_spec, environment) => `deploy to ${environment}`,
  perform: (_spec, context, signal) => performDeploy(context, signal),
})

/**
 * Idempotent: a release is named after its content, immutable files are created once, the pointer moves by compare-and-set,
 * so a repeat after a crash uploads what is missing and changes nothing else.
 *
 * Throws ARTIFACT_INVALID when the files are not the ones that were built, LATCHED or SUPERSEDED when a rollback or another
 * deploy came in between, DEPLOY_BROKEN when users are served something else.
 */
async function performDeploy(context: StepContext, signal: AbortSignal): Promise<StepResult> {
  const { plan, state, environment, ports } = context
  const { build } = plan
  if (!build || !state.artifact)
    throw new LaunchError('ARTIFACT_INVALID', 'nothing has been built in this launch', { hint: 'launch build' })
  const objects = ports.objects(environment.name)
  // Asked while the files are hashed: what users get is decided by whether the pointer is still the one that is read here.
  const asked = Promise.all([readLive(objects, signal), listKeys(objects, signal)])
  asked.catch(() => {}) // whoever waits for it is told
  const { files, artifact, id } = await builtFiles(build, ports.files)
  mustBeBuilt(artifact, state.artifact, build)
  const [before, there] = await asked
  const live = before ?? (await adopt(objects, build.immutable, flagKeyOf(context), ports.random, signal))
  const listed = await listingWith(live, there, objects, signal)
  const found = compare(files, live, listed)
  const changed = [...found.changed, ...found.drifted]
  const previous = live?.current.release === id ? live.current.previous : (live?.current.release ?? null)
  const manifest: Manifest = { schema: 1, id, version: state.version, commit: state.commit, previous, artifact, files }
  tellDifferences(context, files, live, found)
  // First of all: the sign by which a repeat tells its own half-way work from a site that was there before, and by which a
  // pruning knows that the files are wanted.
  if (JSON.stringify(live?.manifest) !== JSON.stringify(manifest)) await writeManifest(objects, manifest, signal)
  const wanted = toUpload(manifest, changed)
  const onFile = uploadProgress(wanted, ports.clock, (text) => ports.progress?.(text))
  await upload(manifest, wanted, { objects, files: ports.files, folder: build.output, listed, onFile }, signal)
  const pointer = { schema: 1, release: id, previous, writeId: `${state.id}-${id}`, restored: false } as const
  const base = live?.etag ?? null
  await mustBeUndisturbed(context, objects, { base, writeId: pointer.writeId }, signal)
  try {
    await eachFile(onlyServedAnew(changed, live), (file) => objects.copy(file.path, file.path, headersOf(file), signal))
    await putInPlace(id, changed, objects, signal)
    if (!stands(live, pointer, changed) && (await moveCurrent(objects, pointer, base, signal)) === 'conflict')
      throw await giveWay(context, objects, signal)
  } catch (error) {
    throw brokenOff(error)
  }
  const invalidation = await invalidate(context, changed, signal)
  const checked = filesToVerify(files, changed, plan.deploy?.verify ?? 'sample')
  const served = await verifyServed(environment.url, checked, ports, verifyMs, signal)
  if (served.wrong.length > 0) {
    const named = served.wrong.slice(0, 3).map(({ path, why }) => `/${path} ${why}`)
    throw new LaunchError(
      'DEPLOY_BROKEN',
      `${served.wrong.length} of ${files.length} files are not served as built: ${named.join(', ')}`,
    )
  }
  const release = { id, version: manifest.version, commit: manifest.commit, previous }
  return {
    summary: `${id}: ${changed.length} uploaded, ${files.length - changed.length} unchanged, ${served.verified} verified at ${environment.url}${invalidation}`,
    output: {
      deployed: {
        environment: environment.name,
        release,
        uploaded: changed.length,
        unchanged: files.length - changed.length,
        verified: served.verified,
      },
    },
  }
}

/** A site that was adopted just now has copies that the listing from before does not know. */
async function listingWith(
  live: Live | null,
  listed: Listed,
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<Listed> {
  return !live || listed.has(keys.manifest(live.current.release)) ? listed : listKeys(objects, signal)
}

function tellDifferences(
  { environment, ports }: StepContext,
  files: readonly ReleaseFile[],
  live: Live | null,
  found: Comparison,
): void {
  const { changed, drifted } = found
  const release = live?.current.release ?? null
  ports.log(
    `${environment.name}: ${changed.length} of ${files.length} files differ from ${release ?? 'an empty bucket'}`,
  )
  for (const { path } of drifted) ports.log(`${environment.name}: /${path} is not as ${release} left it`)
}

/** Immutable files whose content stays and whose headers change: a new rule of the sheet or of this version. */
function onlyServedAnew(changed: readonly ReleaseFile[], live: Live | null): readonly ReleaseFile[] {
  const before = new Map(live?.manifest.files.map(({ path, sha256 }) => [path, sha256]))
  return changed.filter((file) => file.class === 'immutable' && before.get(file.path) === file.sha256)
}

/** Nothing was replaced, and the pointer names this release already: whoever moved it since was there after this deploy. */
function stands(live: Live | null, { release, previous }: Current, changed: readonly ReleaseFile[]): boolean {
  const now = live?.current
  return changed.length === 0 && now?.release === release && now.previous === previous && !now.restored
}

/** Once files are being replaced nothing is only refused: what cannot be repeated has to be undone. */
function brokenOff(error: unknown): unknown {
  if (!(error instanceof LaunchError) || (error.outcome !== 'refused' && error.outcome !== 'invalid')) return error
  return new LaunchError('DEPLOY_BROKEN', `not every file could be replaced: ${error.message}`, { cause: error })
}

async function invalidate(context: StepContext, changed: readonly ReleaseFile[], signal: AbortSignal): Promise<string> {
  const cdn = context.ports.cdn(context.environment.name)
  const paths = invalidationPaths(changed)
  if (!cdn || paths.length === 0) return ''
  const started = await cdn.invalidate(
    paths,
    `launch-${context.state.id}-${context.step.id.replaceAll('/', '-')}-${context.state.n}`,
    signal,
  )
  if (started.status === 'degraded')
    return `; the invalidation failed (${started.why}), old copies expired by themselves`
  if (context.ports.waitForInvalidation !== true) return ''
  context.ports.progress?.(`waiting for the invalidation ${started.id}`)
  const why = await invalidationDone(cdn, started.id, context.ports.clock, signal)
  return why === null ? `; ${started.id} is done` : `; the invalidation is not known to be done: ${why}`
}

/** The flag document lives in the same bucket but belongs to no release. */
export function flagKeyOf({ plan }: Pick<StepContext, 'plan'>): string | null {
  const { store } = plan.flag
  return 'path' in store && typeof store.path === 'string' ? store.path.replace(/^\//, '') : null
}
