import { createHash, randomBytes } from 'node:crypto'
import { constants, lstatSync, realpathSync } from 'node:fs'
import { access, mkdir, open, readdir, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { sha256Hex } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { FileEntry, Files } from '../core/ports.ts'
import { hasUnsafeCharacters, safeLine } from '../core/safe-text.ts'
import { KnownHashes } from './known-hashes.ts'
import { prefixesBelow } from './path-below.ts'
import { readOnly, readSmall, smallBytes } from './small-file.ts'

export type ProjectFilesOptions = {
  /** Names with a leading dot that may be shipped. Default: `.well-known`. */
  readonly dotNames?: readonly string[]
}

const problemsShown = 5
/** Between two looks at what else there is to do: a few milliseconds of small files. */
const filesInARow = 64

/** The files of a project folder. Nothing outside it is read or written, whatever links say. */
export function projectFiles(root: string, options: ProjectFilesOptions = {}): Files {
  const dotNames = new Set(options.dotNames ?? ['.well-known'])
  const known = new KnownHashes()
  return {
    tree: (folder) => hashedTree(root, folder, dotNames, known),
    read: async (path) => {
      const small = smallInside(root, path)
      if (small !== null) return small
      const handle = await openInside(root, path)
      if (handle === null) return null
      await using file = handle
      return await file.readFile()
    },
    large: (path, bytes) => ({ bytes, slice: (from, to) => sliceOf(root, path, from, to) }),
    write: (path, body) => writeAtomically(root, path, body),
    mustBeWritable: (path) => mustBeWritable(root, path),
  }
}

async function hashedTree(
  root: string,
  folder: string,
  dotNames: ReadonlySet<string>,
  known: KnownHashes,
): Promise<readonly FileEntry[]> {
  const top = await realInside(root, folder)
  if (top === null)
    throw new LaunchError('ARTIFACT_INVALID', `there is no folder "${folder}"`, { hint: 'run launch build' })
  const { paths, folders, problems } = await walk(top, dotNames)
  if (problems.length > 0) {
    const more = problems.length > problemsShown ? ` and ${problems.length - problemsShown} more` : ''
    throw new LaunchError(
      'ARTIFACT_INVALID',
      `${folder} holds what must not be shipped: ${problems.slice(0, problemsShown).join(', ')}${more}`,
    )
  }
  await mustBeReal(folders)
  const entries: FileEntry[] = []
  const buffer = new Uint8Array(smallBytes + 1)
  for (const path of [...paths].sort()) {
    entries.push(hashSmall(top, path, known, buffer) ?? (await hashFile(top, path, known)))
    if (entries.length % filesInARow === 0) await breathe()
  }
  await mustBeReal(folders)
  return entries
}

/** Null for what is not small or not there. */
function hashSmall(top: string, path: string, known: KnownHashes, buffer: Uint8Array): FileEntry | null {
  const whole = `${top}/${path}`
  const before = known.of(whole, () => lstatSync(whole, { throwIfNoEntry: false }))
  if (before) return { path, ...before }
  const at = Date.now()
  const small = readSmall(whole, buffer)
  if (!small) return null
  const hash = sha256(small.body)
  known.learn(whole, small.found, hash, at)
  return { path, bytes: small.body.length, sha256: hash }
}

/** Looked at before and after what is below them was read: no link leads out of the project. */
async function mustBeReal(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const real = await realpath(folder).catch(() => null)
    if (real !== folder) throw new LaunchError('ARTIFACT_INVALID', `${safeLine(folder)} changed while it was read`)
  }
}

/** Null for what is not small or not there: `openInside` tells which. */
function smallInside(root: string, path: string): Uint8Array | null {
  let folder: string
  try {
    folder = realpathSync.native(resolve(root, dirname(path)))
  } catch {
    return null
  }
  mustBeInside(realpathSync.native(root), folder, path)
  return readSmall(join(folder, basename(path)))?.body ?? null
}

async function sliceOf(root: string, path: string, from: number, to: number): Promise<Uint8Array> {
  const handle = await openInside(root, path)
  if (handle === null) throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} is gone`)
  await using file = handle
  const { bytesRead, buffer } = await file.read(new Uint8Array(to - from), 0, to - from, from)
  if (bytesRead === to - from) return buffer
  throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} became shorter while it was read`)
}

async function walk(
  top: string,
  dotNames: ReadonlySet<string>,
): Promise<{
  readonly paths: readonly string[]
  /** Where they are. */
  readonly folders: readonly string[]
  readonly problems: readonly string[]
}> {
  const found = await readdir(top, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new LaunchError('ARTIFACT_INVALID', `the build output cannot be read: ${messageOf(error)}`, { cause: error })
  })
  const paths: string[] = []
  const problems: string[] = []
  const folders = new Set<string>()
  const below = prefixesBelow(top)
  for (const entry of found) {
    const path = `${below(entry.parentPath)}${entry.name}`
    const problem =
      problemWith(entry.name, dotNames) ?? (entry.isFile() || entry.isDirectory() ? null : typeName(entry))
    if (problem !== null) problems.push(`${safeLine(path)} (${problem})`)
    else if (entry.isFile()) {
      paths.push(path)
      folders.add(entry.parentPath)
    }
  }
  return { paths, folders: [...folders], problems: problems.sort() }
}

function problemWith(name: string, dotNames: ReadonlySet<string>): string | null {
  if (hasUnsafeCharacters(name)) return 'control characters in its name'
  if (name.includes('\\')) return 'a backslash in its name'
  if (name.includes('\uFFFD')) return 'its name is not UTF-8'
  return name.startsWith('.') && !dotNames.has(name) ? 'a dotfile' : null
}

function typeName(entry: { isSymbolicLink(): boolean; isFIFO(): boolean; isSocket(): boolean }): string {
  if (entry.isSymbolicLink()) return 'a symbolic link'
  if (entry.isFIFO()) return 'a pipe'
  return entry.isSocket() ? 'a socket' : 'a device'
}

async function hashFile(top: string, path: string, known: KnownHashes): Promise<FileEntry> {
  const handle = await openInside(top, path)
  if (handle === null) throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} disappeared while it was read`)
  await using file = handle
  const [at, found] = [Date.now(), await file.stat()]
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of file.createReadStream({ autoClose: false })) {
    hash.update(chunk)
    bytes += chunk.length
  }
  const digest = sha256Hex(hash.digest('hex'))
  if (bytes === found.size) known.learn(`${top}/${path}`, found, digest, at)
  return { path, bytes, sha256: digest }
}

/** Opens a regular file that really lies inside root; null when there is none. Checked on the open file, so a swap is too late. */
async function openInside(root: string, path: string): Promise<FileHandle | null> {
  const folder = await realInside(root, dirname(path))
  if (folder === null) return null
  const handle = await open(join(folder, basename(path)), readOnly).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null
    if (hasCode(error, 'ELOOP')) throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} is a symbolic link`)
    throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} cannot be read: ${messageOf(error)}`, { cause: error })
  })
  if (handle === null || (await handle.stat()).isFile()) return handle
  await handle.close()
  throw new LaunchError('ARTIFACT_INVALID', `${safeLine(path)} is no regular file`)
}

/** The real path of something inside root; null when it does not exist. */
async function realInside(root: string, path: string): Promise<string | null> {
  const real = await realpath(resolve(root, path)).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null
    throw error
  })
  if (real === null) return null
  mustBeInside(await realpath(root), real, path)
  return real
}

async function writeAtomically(root: string, path: string, body: string | Uint8Array): Promise<void> {
  const target = resolve(root, path)
  mustBeInside(resolve(root), target, path)
  await mkdirInside(await realpath(root), dirname(target), path)
  const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeDurably(temporary, body)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The file is replaced, so what counts is its folder, or the nearest one that is there. */
async function mustBeWritable(root: string, path: string): Promise<void> {
  const target = resolve(root, path)
  mustBeInside(resolve(root), target, path)
  const refusal = (why: string) =>
    new LaunchError('FORBIDDEN', `${safeLine(path)} cannot be written: ${why}`, {
      hint: 'give whoever runs this the right to its folder, or correct the path',
    })
  if ((await stat(target).catch(() => null))?.isDirectory()) throw refusal('it is a folder')
  const nearest = await nearestThere(dirname(target))
  mustBeInside(await realpath(root), nearest, path)
  if (!(await stat(nearest)).isDirectory()) throw refusal(`${safeLine(basename(nearest))} is no folder`)
  await access(nearest, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw refusal(messageOf(error))
  })
}

async function nearestThere(path: string): Promise<string> {
  const real = await realpath(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return null
    throw error
  })
  return real ?? nearestThere(dirname(path))
}

/** Makes the folders that are missing, one by one: a link among those that are there must not lead outside. */
async function mkdirInside(realRoot: string, folder: string, path: string): Promise<void> {
  const real = await realpath(folder).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (real !== null) return mustBeInside(realRoot, real, path)
  await mkdirInside(realRoot, dirname(folder), path)
  await mkdir(folder, { recursive: true })
}

async function writeDurably(path: string, body: string | Uint8Array): Promise<void> {
  await using file = await open(path, 'wx')
  await file.writeFile(body)
  await file.sync()
}

function mustBeInside(root: string, real: string, path: string): void {
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep)) {
    throw new LaunchError('ARTIFACT_INVALID', `"${safeLine(path)}" is outside of the project folder`)
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
