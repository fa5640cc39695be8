import { access, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { LaunchError } from '../core/errors.ts'
import type { Found } from '../runsheet/starter.ts'
import type { Command } from './command.ts'
import { dryRun, linesFor } from './say.ts'

export const init: Command = {
  name: 'init',
  group: 'set up',
  about: 'write a first run sheet for this folder, ready for the sandbox',
  options: [['--force', 'replace the run sheet that is there']],
  examples: [
    ['launch init', 'writes runsheet.yaml; says what is left to fill in'],
    ['launch init --runsheet deploy/runsheet.yaml', 'somewhere else'],
  ],
  run: async (context, _args, options) => {
    const path = resolve(context.options.cwd, context.options.runsheet)
    const force = options['force'] === true
    if (!force && (await exists(path))) throw inTheWay(path)
    const [{ starterSheet }, { loadSheet }, { compilePlan }] = await Promise.all([
      import('../runsheet/starter.ts'),
      import('../runsheet/load.ts'),
      import('../runsheet/compile.ts'),
    ])
    const found = await lookAround(dirname(path))
    const sheet = starterSheet(found)
    // What is written has to be a run sheet whatever the folder holds.
    const plan = compilePlan(loadSheet(sheet, basename(path), {}))
    const dry = dryRun(context, `write ${path}:\n\n${sheet}`)
    if (dry) return dry
    await writeFile(path, sheet, { flag: force ? 'w' : 'wx' }).catch((cause: unknown) => {
      throw hasCode(cause, 'EEXIST')
        ? inTheWay(path)
        : new LaunchError('USAGE', `${path} cannot be written: ${String(cause)}`, { cause })
    })
    const todo = sheet.split('\n').flatMap((line, i) => (line.includes('TODO') ? [i + 1] : []))
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        `wrote ${path}`,
        `app ${plan.app}, ${found.build === null ? 'no build command found' : `built with ${found.build.join(' ')}`} into ${found.output}`,
        `what only you know is marked TODO: lines ${todo.join(', ')}`,
        'next: launch plan, then launch auto --sandbox',
      ]),
      document: { runsheet: path, app: plan.app, build: found.build, output: found.output, todo },
    }
  },
}

/** How a folder builds its site, from its package.json, lock file and folders. */
async function lookAround(folder: string): Promise<Found> {
  const { appName } = await import('../runsheet/starter.ts')
  const about = await packageOf(folder)
  const has = async (name: string) => ((await exists(join(folder, name))) ? name : null)
  const output = (await has('dist')) ?? (await has('build')) ?? (await has('out')) ?? 'dist'
  const locks = await Promise.all(['pnpm-lock.yaml', 'yarn.lock', 'bun.lock'].map(has))
  const manager =
    locks
      .find((name) => name !== null)
      ?.replace(/-?lock.*|\.lock$/, '')
      .replace(/\.$/, '') ?? 'npm'
  return {
    app: appName(about.name ?? basename(resolve(folder))),
    build: about.builds ? [manager, 'run', 'build'] : null,
    output,
    // Vite and its like put hashed files there; a glob that fits nothing is no problem.
    immutable: ['assets/**'],
    schema: await has('schema/runsheet.schema.json'),
  }
}

async function packageOf(folder: string): Promise<{ readonly name: string | null; readonly builds: boolean }> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null)
  const nothing = { name: null, builds: false }
  if (text === null) return nothing
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return nothing
    const scripts = 'scripts' in parsed && typeof parsed.scripts === 'object' ? parsed.scripts : null
    const name = 'name' in parsed && typeof parsed.name === 'string' ? parsed.name : null
    return { name, builds: scripts !== null && 'build' in scripts }
  } catch {
    // A package.json that is not JSON tells nothing.
    return nothing
  }
}

function inTheWay(path: string): LaunchError {
  return new LaunchError('USAGE', `${path} is there already`, { hint: 'launch init --force replaces it' })
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
