import { link, mkdir, open, readFile, readdir, rm, stat } from 'node:fs/promises'

/**
 * What durable files need of a disk, call by call: a process may die between any two of them. Every call rejects with an error
 * whose `code` is the system's name for it (ENOSPC, EIO …).
 */
export type Disk = {
  /** With its parents; one that is there is left as it is. `mode` for those it makes. */
  makeFolder(path: string, mode?: number): Promise<void>
  /** A new file of this user alone, whole and synced when it resolves. */
  writeNew(path: string, body: string): Promise<void>
  /** Gives a file a second name, in one step; rejects with EEXIST when the name is taken. */
  link(from: string, to: string): Promise<void>
  /** What was linked in the folder survives a power cut from then on. */
  syncFolder(path: string): Promise<void>
  /** No error when there is none. */
  remove(path: string): Promise<void>
  read(path: string): Promise<string>
  names(path: string): Promise<readonly string[]>
  isFolder(path: string): Promise<boolean>
}

/** The disk of this machine. */
export const nodeDisk: Disk = {
  makeFolder: async (path, mode) => {
    await mkdir(path, { recursive: true, ...(mode === undefined ? {} : { mode }) })
  },
  writeNew: async (path, body) => {
    const file = await open(path, 'wx', 0o600)
    try {
      await file.writeFile(body)
      await file.sync()
    } finally {
      await file.close()
    }
  },
  link,
  syncFolder: async (path) => {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  remove: (path) => rm(path, { force: true }),
  read: (path) => readFile(path, 'utf8'),
  names: (path) => readdir(path),
  isFolder: async (path) => (await stat(path)).isDirectory(),
}
