import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { isSiteConfig, type ProjectFiles } from '../runsheet/site-kind.ts'

/** What a folder says about the project in it. */
export type Surroundings = {
  readonly files: ProjectFiles
  /** `name` of package.json, else the folder's own. */
  readonly name: string
  /** The command of its build script: `[pnpm, run, build]`; null when it has none. */
  readonly build: readonly string[] | null
  /** `schema/runsheet.schema.json` where there is one. */
  readonly schema: string | null
  /** A checkout that would take launch's own folder for something to commit. */
  readonly leavesTraces: boolean
}

/** Reads package.json, configuration files and the names of what else is there; runs nothing. */
export async function lookAround(folder: string): Promise<Surroundings> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const names = entries.map(({ name }) => name)
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  const configs = await Promise.all(names.filter(isSiteConfig).map(async (name) => [name, await read(name)] as const))
  const about = objectOf(await read('package.json'))
  const scripts = field(about, 'scripts')
  const builds = typeof scripts === 'object' && scripts !== null && typeof field(scripts, 'build') === 'string'
  const ownName = field(about, 'name')
  const ignored = (await read('.gitignore')).split('\n').some((line) => /^\/?\.launch\/?\s*$/.test(line))
  const schema = 'schema/runsheet.schema.json'
  return {
    files: {
      about,
      configs: Object.fromEntries(configs),
      folders: entries.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    },
    name: typeof ownName === 'string' ? ownName : basename(resolve(folder)),
    build: builds ? [managerOf(about, names), 'run', 'build'] : null,
    schema: (await read(schema)) === '' ? null : schema,
    leavesTraces: names.includes('.git') && !ignored,
  }
}

const lockFiles = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
] as const

/** The package manager that is named, else the one whose lock file is there. */
function managerOf(about: object | null, names: readonly string[]): string {
  const named = field(about, 'packageManager')
  const word = typeof named === 'string' ? /^(npm|pnpm|yarn|bun)@/.exec(named)?.[1] : undefined
  return word ?? lockFiles.find(([file]) => names.includes(file))?.[1] ?? 'npm'
}

function objectOf(text: string): object | null {
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' ? parsed : null
  } catch {
    // A package.json that is not there, or not JSON, tells nothing.
    return null
  }
}

function field(of: object | null, name: string): unknown {
  return Object.entries(of ?? {}).find(([key]) => key === name)?.[1]
}
