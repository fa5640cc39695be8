import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Disk } from '../core/ports.ts'

/** Temporary files begin with a character no key has, so that one left by a crash is never taken for state. */
const temporaryMark = '~'

/**
 * Creates a file once, whole and on disk, or says that it exists: of two creators exactly one is told `created`. A crash
 * leaves at most a temporary file. Throws LaunchError UNREACHABLE.
 */
export async function createOnce(path: string, body: string, disk: Disk): Promise<'created' | 'exists'> {
  const folder = dirname(path)
  const temporary = join(folder, `${temporaryMark}${randomUUID()}`)
  try {
    await disk.makeFolder(folder)
    await disk.writeNew(temporary, body)
    if (!(await linked(temporary, path, disk))) return 'exists'
    await syncFolder(folder, disk)
    return 'created'
  } catch (error) {
    throw unwritable(path, error)
  } finally {
    // One that cannot be removed harms nobody: its name is no key.
    await disk.remove(temporary).catch(() => undefined)
  }
}

/** The whole file, or null when there is none. Throws LaunchError UNREACHABLE. */
export async function readWhole(path: string, root: string, disk: Disk): Promise<string | null> {
  try {
    return await disk.read(path)
  } catch (error) {
    if (await isAbsent(error, root, disk)) return null
    throw unreadable(path, error)
  }
}

/** Names in a folder, temporaries left out; none when there is no folder. Throws LaunchError UNREACHABLE. */
export async function namesIn(folder: string, root: string, disk: Disk): Promise<readonly string[]> {
  try {
    const names = await disk.names(folder)
    return names.filter((name) => !name.startsWith(temporaryMark))
  } catch (error) {
    if (await isAbsent(error, root, disk)) return []
    throw unreadable(folder, error)
  }
}

/** A file, or a folder with one somewhere in it: a write that found no space leaves the folder it made. Throws LaunchError UNREACHABLE. */
export async function holdsFile(path: string, disk: Disk): Promise<boolean> {
  try {
    const names = await disk.names(path)
    for (const name of names)
      if (!name.startsWith(temporaryMark) && (await holdsFile(join(path, name), disk))) return true
    return false
  } catch (error) {
    if (['ENOTDIR', 'ENOENT'].includes(codeOf(error))) return true
    throw error instanceof LaunchError ? error : unreadable(path, error)
  }
}

/** No error when there is none. Throws LaunchError UNREACHABLE. */
export async function removeFile(path: string, disk: Disk): Promise<void> {
  try {
    await disk.remove(path)
  } catch (error) {
    throw unwritable(path, error)
  }
}

async function linked(from: string, to: string, disk: Disk): Promise<boolean> {
  try {
    await disk.link(from, to)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

/** The link itself survives a power cut only when the folder is synced too; some systems refuse to sync one. */
async function syncFolder(folder: string, disk: Disk): Promise<void> {
  try {
    await disk.syncFolder(folder)
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(codeOf(error))) throw error
  }
}

/** A file where a folder of the path would be: nothing is there, unless the root itself can never be a folder. */
async function isAbsent(error: unknown, root: string, disk: Disk): Promise<boolean> {
  if (codeOf(error) !== 'ENOTDIR') return codeOf(error) === 'ENOENT'
  return disk.isFolder(root).catch(() => false)
}

function unwritable(path: string, error: unknown): LaunchError {
  return new LaunchError('UNREACHABLE', `cannot write ${path}: ${codeOf(error)}`, {
    hint: 'check the rights and the space there, or name another place with --state',
    cause: error,
  })
}

function unreadable(path: string, error: unknown): LaunchError {
  return new LaunchError('UNREACHABLE', `cannot read ${path}: ${codeOf(error)}`, {
    hint: 'check the rights there, or name another place with --state',
    cause: error,
  })
}

/** What the system says, `ENOENT`; for anything else that was thrown its message. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : messageOf(error)
}
