import { join } from 'node:path'
import { LaunchError, messageOf } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { TarFile } from '../report/tar.ts'
import { text, type Command } from './command.ts'
import { viewLaunch, type LaunchAtHand } from './launch-for.ts'
import { launchFile } from './launch-file.ts'
import { launchOption } from './launch-option.ts'
import { dryRun, linesFor } from './say.ts'

export const archive: Command = {
  name: 'archive',
  group: 'act',
  about: 'everything about a launch in one file: journal, plan, report, release manifest, with their checksums',
  options: [launchOption],
  examples: [
    ['launch archive', 'prints the path and the SHA-256 of the .tar.gz'],
    ['launch archive --launch 01KB7 --json', 'of an earlier launch; the beginning of its id is enough'],
  ],
  run: async (context, _args, options) => {
    const launch = await viewLaunch(context, text(options, 'launch'))
    const { state } = launch
    const path = launchFile(join(context.folder, 'archives'), state.id, '.tar.gz')
    const dry = dryRun(context, `write ${path}`)
    if (dry) return dry
    const [{ tar }, { writeWhole }, { gzipSync }, manifest] = await Promise.all([
      import('../report/tar.ts'),
      import('./whole-file.ts'),
      import('node:zlib'),
      manifestOf(launch, context.signal),
    ])
    const files = await filesOf(launch, manifest.text)
    const named = files.map((file) => ({ ...file, path: `${state.id}/${file.path}` }))
    // The time of the newest event, not of now: the same launch gives the same archive.
    const body = gzipSync(tar(named, state.last.at), { level: 9 })
    await writeWhole(path, body)
    const hash = sha256(body)
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        path,
        `sha256 ${hash}`,
        `holds  ${files.map((file) => file.path).join(', ')}`,
        ...(manifest.why === null ? [] : [`without the release manifest: ${manifest.why}`]),
        ...(state.ended ? [] : ['the launch has not ended: archive it again when it has']),
      ]),
      document: {
        launch: state.id,
        archive: path,
        sha256: hash,
        bytes: body.length,
        files: files.map((file) => ({ path: file.path, bytes: file.body.length, sha256: sha256(file.body) })),
        missing: manifest.why,
      },
    }
  },
}

async function filesOf({ plan, opened, events }: LaunchAtHand, manifest: string | null): Promise<readonly TarFile[]> {
  const { rendered, reportOf } = await import('./write-report.ts')
  const model = await reportOf(plan, events)
  const encode = (path: string, content: string) => ({ path, body: new TextEncoder().encode(content) })
  const files = [
    encode('journal.jsonl', events.map((event) => `${JSON.stringify(event)}\n`).join('')),
    encode('plan.json', `${JSON.stringify({ plan, hash: opened.planHash }, null, 2)}\n`),
    encode('report.md', await rendered(model, 'md')),
    encode('report.html', await rendered(model, 'html')),
    ...(manifest === null ? [] : [encode('release.json', manifest)]),
  ]
  const sums = files.map(({ path, body }) => `${sha256(body)}  ${path}\n`).join('')
  return [...files, encode('SHA256SUMS', sums)]
}

/** The manifest of what the launch deployed to production, or why it is not there: an archive is worth having without. */
async function manifestOf(
  { state, world }: LaunchAtHand,
  signal: AbortSignal,
): Promise<{ readonly text: string | null; readonly why: string | null }> {
  const deployed = state.deployments['production']
  if (!deployed) return { text: null, why: 'nothing was deployed to production' }
  try {
    const { readManifest } = await import('../steps/releases.ts')
    const manifest = await readManifest(world.objects('production'), deployed.release.id, signal)
    return { text: `${JSON.stringify(manifest, null, 2)}\n`, why: null }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    return { text: null, why: messageOf(error) }
  }
}
