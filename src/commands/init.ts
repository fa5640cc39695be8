import { access, writeFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { plural } from '../core/quantity.ts'
import type { Found } from '../runsheet/starter.ts'
import { text, type Command, type Options } from './command.ts'
import { dryRun, linesFor, mustBeOneOf } from './say.ts'

export const init: Command = {
  name: 'init',
  group: 'set up',
  about: 'write a first run sheet for this folder, ready for the sandbox; asks at a terminal what it cannot see',
  options: [
    ['--force', 'replace the run sheet that is there'],
    ['--framework <name>', 'vite, next, cra, astro, sveltekit or plain (default: what package.json says)'],
    ['--build <command>', 'command that builds the site (default: the build script of package.json)'],
    ['--output <folder>', 'folder of the built files (default: where that framework puts them)'],
    ['--captain <name>', 'who leads the launch'],
    ['--region <name>', 'AWS region of buckets and metrics (default: us-east-1)'],
    ['--bucket <name>', 'S3 bucket of production'],
    ['--url <url>', 'address of production'],
    ['--distribution <id>', 'CloudFront distribution of production, or none'],
    ['--staging-bucket <name>', 'S3 bucket of staging'],
    ['--staging-url <url>', 'address of staging'],
    ['--staging-distribution <id>', 'CloudFront distribution of staging, or none'],
  ],
  examples: [
    ['launch init', 'finds Vite, Next, CRA, Astro, SvelteKit or a folder of files; says what is left to fill in'],
    ['launch init --captain "Jo Doe" --bucket acme-web --url https://acme.example', 'fills in what is known'],
    ['launch init --build "make site" --output public', 'for a site that something else builds'],
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
    const { found, kind, leavesTraces } = await find(context, dirname(path), options)
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
    const { placeholdersOf } = await import('../runsheet/placeholders.ts')
    const left = placeholdersOf(sheet)
    const { build, output, lacks } = found
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        `wrote ${path}`,
        `app ${plan.app}, ${kindWords[kind] ?? kind}, ${build === null ? 'no build command found' : `built with ${build.join(' ')}`} into ${output}`,
        ...(lacks === null ? [] : [`it cannot be launched yet: ${lacks}`]),
        ...(left.length === 0 ? [] : [`left to fill in, ${plural(left.length, 'line')} marked TODO:`]),
        ...left.map(({ line, what }) => `  ${line}: ${what}`),
        ...(leavesTraces ? ['.launch/ is this machine’s own: put it into .gitignore'] : []),
        'next: launch plan shows it, launch auto --sandbox plays it; launch doctor says what is missing for real',
      ]),
      document: { runsheet: path, app: plan.app, framework: kind, build, output, todo: left.map(({ line }) => line) },
    }
  },
}

const kindWords: { readonly [kind: string]: string } = {
  vite: 'a Vite site',
  next: 'a Next.js export',
  cra: 'a Create React App',
  astro: 'an Astro site',
  sveltekit: 'a SvelteKit site',
  plain: 'a folder of files',
}

/** How a folder builds its site, and what people say about it. Throws USAGE for a framework nobody knows. */
async function find(context: Context, folder: string, options: Options) {
  const [{ appName }, { isSiteKind, siteKinds, siteOf }, { lookAround }, { answersOf }] = await Promise.all([
    import('../runsheet/starter.ts'),
    import('../runsheet/site-kind.ts'),
    import('./look-around.ts'),
    import('./init-answers.ts'),
  ])
  const wanted = text(options, 'framework')
  if (wanted !== null) await mustBeOneOf(wanted, siteKinds, 'framework')
  const { files, name, build, schema, leavesTraces } = await lookAround(folder)
  const site = siteOf(files, wanted !== null && isSiteKind(wanted) ? wanted : null)
  const found: Found = {
    app: appName(context.options.app ?? name),
    build: text(options, 'build')?.trim().split(/\s+/) ?? build,
    buildEnv: site.buildEnv,
    output: text(options, 'output') ?? site.output,
    immutable: site.immutable,
    lacks: site.lacks,
    schema,
    ...(await answersOf(context, options)),
  }
  return { found, kind: site.kind, leavesTraces }
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
