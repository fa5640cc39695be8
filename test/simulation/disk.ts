import type { Disk } from '../../src/core/ports.ts'
import type { Process } from './process.ts'
import type { World } from './world.ts'

/** Where launches are remembered on the one machine of a world that keeps them on its disk. */
export const stateFolder = '/state'

/** What lies on all disks of a world, by path. */
export type Files = { readonly bodies: Map<string, string>; readonly folders: Set<string> }

/**
 * A disk as one process uses it: it may die, stand still or be refused at every call. What is linked below the folder of the
 * state is put into the state's bucket too, where truth and the invariants look for it.
 */
export function diskOf(world: World, process: Process): Disk {
  const { bodies, folders } = world.files
  const { counters, diskRandom } = world
  const never = new AbortController().signal
  const fails = (share: number, code: string, what: string) => {
    if (!diskRandom.chance(share)) return
    counters.add(what)
    throw systemError(code)
  }
  const failed = () => fails(world.swarm.disk?.failed ?? 0, 'EIO', 'disk failed')
  const change = async (path: string, apply: () => void) => {
    await process.wait(1, never)
    // A temporary file has a name that no seed knows.
    world.trace.add(world.scheduler.nowMs, `${process.name} changes ${path.replace(/~.*/, '~')} on disk`)
    apply()
  }
  const write = (path: string, apply: () => void) =>
    change(path, () => {
      fails(world.swarm.disk?.full ?? 0, 'ENOSPC', 'disk full')
      apply()
    })
  return {
    makeFolder: async (path) => {
      path.split('/').forEach((_, n, parts) => folders.add(parts.slice(0, n + 1).join('/')))
    },
    writeNew: async (path, body) => {
      // Who dies here leaves half a file behind.
      await write(path, () => void bodies.set(path, body.slice(0, body.length / 2)))
      await write(path, () => void bodies.set(path, body))
    },
    link: (from, to) =>
      write(to, () => {
        const body = bodies.get(from)
        if (body === undefined) throw systemError('ENOENT')
        if (bodies.has(to)) throw systemError('EEXIST')
        bodies.set(to, body)
        if (to.startsWith(`${stateFolder}/`)) put(world, process.name, to.slice(stateFolder.length + 1), body)
      }),
    syncFolder: async (path) => {
      failed()
      await change(path, () => {})
    },
    remove: (path) =>
      change(path, () => {
        failed()
        bodies.delete(path)
      }),
    read: async (path) => {
      failed()
      const body = bodies.get(path)
      if (body === undefined) throw systemError('ENOENT')
      return body
    },
    names: async (folder) => {
      const path = folder.replace(/\/$/, '')
      await process.wait(1, never)
      if (!folders.has(path)) throw systemError('ENOENT')
      const below = [...bodies.keys(), ...folders].filter((name) => name.startsWith(`${path}/`))
      return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))]
    },
    isFolder: async (path) => folders.has(path),
  }
}

/** `key@2` is the third form of `key`. */
function put(world: World, by: string, name: string, text: string): void {
  const [key = '', generation] = name.split('@')
  const expect = generation === undefined ? { expect: 'absent' as const } : {}
  const options = { contentType: 'application/json', cacheControl: 'no-store', ...expect }
  world.state.put(by, key, new TextEncoder().encode(text), options)
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}
