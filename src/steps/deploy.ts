import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { Files, ObjectStore } from '../core/ports.ts'
import {
  artifactHash,
  changedFiles,
  inUploadOrder,
  invalidationPaths,
  keys,
  releaseId,
  type Manifest,
  type ReleaseFile,
} from '../core/release.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'
import { currentOrAdopted } from './adopt.ts'
import { driftedFiles } from './drift.ts'
import { eachFile, putOnce, readManifest, writeCurrent, writeManifest } from './releases.ts'
import { asReleaseFiles } from './serve.ts'
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
 * Throws ARTIFACT_INVALID when the files are not the ones that were built, DEPLOY_BROKEN when users are served something else.
 */
async function performDeploy(context: StepContext, signal: AbortSignal): Promise<StepResult> {
  const { plan, state, environment, ports } = context
  const { build } = plan
  if (!build || !state.artifact)
    throw new LaunchError('ARTIFACT_INVALID', 'nothing has been built in this launch', { hint: 'launch build' })
  const objects = ports.objects(environment.name)
  const files = asReleaseFiles(await ports.files.tree(build.output), build.immutable)
  const artifact = artifactHash(files)
  if (artifact !== state.artifact.hash) {
    throw new LaunchError(
      'ARTIFACT_INVALID',
      `the files of ${build.output} are ${artifact.slice(0, 12)}, built and judged were ${state.artifact.hash.slice(0, 12)}`,
      { hint: 'launch build --rebuild, then let staging pass again' },
    )
  }
  const live = await currentOrAdopted(objects, build.immutable, flagKeyOf(context), ports.random, signal)
  const liveManifest = live && (await readManifest(objects, live.current.release, signal))
  const id = releaseId(artifact)
  const previous = live?.current.release === id ? live.current.previous : (live?.current.release ?? null)
  const manifest: Manifest = { schema: 1, id, version: state.version, commit: state.commit, previous, artifact, files }
  const drifted = liveManifest ? await driftedFiles(files, liveManifest, objects, signal) : []
  const changed = [...changedFiles(files, liveManifest), ...drifted]
  ports.log(
    `${environment.name}: ${changed.length} of ${files.length} files differ from ${live?.current.release ?? 'an empty bucket'}`,
  )
  if (drifted.length > 0)
    ports.log(
      `${environment.name}: ${drifted.length} files are not as ${live?.current.release} left them, /${drifted[0]?.path} for one`,
    )
  // The sign by which a repeat tells its own half-way work in an empty bucket from a site that was there before.
  if (!live) await writeManifest(objects, manifest, signal)
  await upload(manifest, changed, objects, ports.files, build.output, signal)
  try {
    await publish(manifest.id, changed, objects, signal)
    await writeCurrent(
      objects,
      { schema: 1, release: id, previous, writeId: `${state.id}-${id}`, restored: false },
      live?.etag ?? null,
      signal,
    )
  } catch (error) {
    throw brokenOff(error)
  }
  const invalidation = await invalidate(context, changed, signal)
  const served = await verifyServed(environment.url, files, ports, verifyMs, signal)
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

/** Everything of a release that users do not see yet: immutable files, its own copies of the others, its manifest. */
async function upload(
  manifest: Manifest,
  changed: readonly ReleaseFile[],
  objects: ObjectStore,
  files: Files,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const read = async (file: ReleaseFile) => {
    const body = await files.read(`${folder}/${file.path}`)
    if (!body) throw new LaunchError('ARTIFACT_INVALID', `${file.path} is gone from ${folder}`)
    return body
  }
  const { immutable } = inUploadOrder(changed)
  await eachFile(immutable, async (file) => {
    const created = await putOnce(objects, file.path, await read(file), { ...headers(file), expect: 'absent' }, signal)
    if (created === 'conflict') await mustBeSame(objects, file, signal)
  })
  // Every file that a later release may overwrite is kept under this release's own name before it goes live.
  await eachFile(
    manifest.files.filter((file) => file.class !== 'immutable'),
    async (file) => {
      await objects.put(keys.kept(manifest.id, file.path), await read(file), headers(file), signal)
    },
  )
  await writeManifest(objects, manifest, signal)
}

/** What users see changes here, HTML last. */
async function publish(
  release: string,
  changed: readonly ReleaseFile[],
  objects: ObjectStore,
  signal: AbortSignal,
): Promise<void> {
  const { mutable, html } = inUploadOrder(changed)
  const putInPlace = (file: ReleaseFile) =>
    objects.copy(keys.kept(release, file.path), file.path, headers(file), signal)
  await eachFile(mutable, putInPlace)
  for (const file of html) await putInPlace(file)
}

function headers(file: ReleaseFile) {
  return { contentType: file.contentType, cacheControl: file.cacheControl, sha256: file.sha256 }
}

/** Once files are being replaced nothing is only refused: what cannot be repeated has to be undone. */
function brokenOff(error: unknown): unknown {
  if (!(error instanceof LaunchError) || (error.outcome !== 'refused' && error.outcome !== 'invalid')) return error
  return new LaunchError('DEPLOY_BROKEN', `not every file could be replaced: ${error.message}`, { cause: error })
}

/** An immutable file that is there already must be the same file: its name says so, its content has to agree. */
async function mustBeSame(objects: ObjectStore, file: ReleaseFile, signal: AbortSignal): Promise<void> {
  const there = await objects.get(file.path, signal)
  if (there && sha256(there.body) !== file.sha256) {
    throw new LaunchError(
      'ARTIFACT_INVALID',
      `s3://${objects.bucket}/${file.path} exists with other content, and immutable files are never overwritten`,
      { hint: 'give the file a name with its content hash, or take it out of build.immutable' },
    )
  }
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
  return started.status === 'degraded'
    ? `; the invalidation failed (${started.why}), old copies expired by themselves`
    : ''
}

/** The flag document lives in the same bucket but belongs to no release. */
export function flagKeyOf({ plan }: Pick<StepContext, 'plan'>): string | null {
  const { store } = plan.flag
  return 'path' in store && typeof store.path === 'string' ? store.path.replace(/^\//, '') : null
}
