import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runBin, startBin, type BinResult, type RunBinOptions, type RunningBin } from './run-bin.ts'
import { tempDir } from './temp-dir.ts'

/** The site of a project: small, with a page that names a script, as the smoke test wants, and what it was built with. */
const siteFiles = {
  'index.html':
    '<!doctype html><title>board</title><meta name="built-with" content="VITE_FEATURE_STATUS_BOARD_V2=false"><script type="module" src="/assets/app-5f3a.js"></script>\n',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>\n',
  'robots.txt': 'User-agent: *\nDisallow: /\n',
  'assets/app-5f3a.js': 'document.title = "board, new"\n',
}

/** What stands in for what takes seconds: a bundler, and a browser that walks through the board. */
const quick: readonly (readonly [string | RegExp, string])[] = [
  ['run: [npm, run, build]', 'run: [node, build.mjs]'],
  ['cwd: examples/statusboard\n', 'cwd: .\n'],
  ['output: examples/statusboard/dist', 'output: dist'],
  [/examples\/statusboard\/flows\/run\.mjs/g, 'flow.mjs'],
  [/ *requires: \[chromium[^\]]*\],?/g, ''],
  ['examples/statusboard/smoke/run.mjs', 'smoke.mjs'],
]

export type LaunchProject = AsyncDisposable & {
  readonly path: string
  run(args: readonly string[], options?: Partial<RunBinOptions>): Promise<BinResult>
  start(args: readonly string[], options?: Partial<RunBinOptions>): RunningBin
  /** The run sheet as it is now. */
  sheet(): Promise<string>
  write(path: string, text: string): Promise<void>
}

/**
 * A project in a folder of its own: the run sheet of this repository, every gate and limit as it is, with a build and flows that
 * take no time. The folder is no git checkout, so the sandbox plays the release.
 */
export async function launchProject(change: (sheet: string) => string = (sheet) => sheet): Promise<LaunchProject> {
  const dir = await tempDir({
    files: {
      'runsheet.yaml': change(await quickSheet()),
      'package.json': '{ "name": "board", "version": "2.0.0", "type": "module" }\n',
      'build.mjs': `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist/assets', { recursive: true })
for (const [name, text] of Object.entries(${JSON.stringify(siteFiles)})) writeFileSync('dist/' + name, text)
`,
      'flow.mjs': 'console.log(`${process.argv[2]} passed`)\n',
      'smoke.mjs': await readFile(new URL('../../examples/statusboard/smoke/run.mjs', import.meta.url), 'utf8'),
    },
  })
  const withDefaults = (options: Partial<RunBinOptions>) => ({ cwd: dir.path, timeoutMs: 60_000, ...options })
  return {
    path: dir.path,
    run: (args, options = {}) => runBin(args, withDefaults(options)),
    start: (args, options = {}) => startBin(args, withDefaults(options)),
    sheet: () => readFile(join(dir.path, 'runsheet.yaml'), 'utf8'),
    write: (path, text) => writeFile(join(dir.path, path), text),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  }
}

async function quickSheet(): Promise<string> {
  const sheet = await readFile(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
  return quick.reduce((text, [from, to]) => {
    const next = text.replaceAll(from, to)
    if (next === text) throw new Error(`runsheet.yaml no longer says ${String(from)}`)
    return next
  }, sheet)
}
