import { link, mkdir, open, readFile, readdir, rm, stat } from 'node:fs/promises'
import type { Disk } from '../core/ports.ts'

/** The disk of this machine. */
export const systemDisk: Disk = {
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
