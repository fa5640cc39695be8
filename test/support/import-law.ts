/** Who may import whom in src: the one table behind test/architecture.test.ts and the overrides in .oxlintrc.json. */

export type Row = {
  /** Folders of src besides its own. */
  readonly folders: readonly string[]
  /** npm packages; a trailing `/` means a whole scope. */
  readonly packages: readonly string[]
  /** Modules of Node, without `node:`. */
  readonly node: readonly string[] | 'any'
  /** Files right in src it may import. */
  readonly files?: readonly string[]
  /** Folders and files right in src it may import types from. */
  readonly typesOf?: readonly string[]
}

const folders = [
  'core',
  'gates',
  'flags',
  'steps',
  'runsheet',
  'engine',
  'journal',
  'aws',
  'sandbox',
  'host',
  'ui',
  'report',
  'iam',
  'notify',
  'commands',
  'compose',
] as const
const rootFiles = ['cli.ts', 'program.ts', 'context.ts', 'signals.ts', 'version.ts'] as const
const everything = {
  folders,
  packages: ['chalk', 'commander', 'execa', 'mrmime', 'ora', 'picomatch', 'yaml', 'zod', '@aws-sdk/', '@smithy/'],
  node: 'any',
} as const

export const law: { readonly [P in (typeof folders)[number] | (typeof rootFiles)[number]]: Row } = {
  // The bottom: values in, values out.
  core: { folders: [], packages: ['zod'], node: ['crypto'] },
  // What a run sheet can name. They are handed ports.
  gates: { folders: ['core'], packages: ['zod'], node: [] },
  flags: { folders: ['core'], packages: ['zod'], node: ['crypto'] },
  steps: { folders: ['core'], packages: ['mrmime', 'picomatch', 'zod'], node: ['crypto', 'path'] },
  runsheet: { folders: ['core', 'gates', 'flags', 'steps'], packages: ['yaml', 'zod'], node: 'any' },
  // Is handed the event log; knows only its type.
  engine: {
    folders: ['core', 'gates', 'flags', 'steps'],
    packages: ['zod'],
    node: ['crypto', 'path'],
    typesOf: ['journal'],
  },
  // Adapters: each knows the core's ports and its own piece of the world.
  journal: { folders: ['core'], packages: ['zod'], node: ['crypto', 'path'] },
  aws: { folders: ['core'], packages: ['zod', '@aws-sdk/', '@smithy/'], node: 'any' },
  sandbox: { folders: ['core'], packages: ['zod'], node: 'any' },
  host: { folders: ['core'], packages: ['execa', 'zod'], node: 'any' },
  // Views: they see events.
  ui: { folders: ['core'], packages: ['chalk', 'ora', 'zod'], node: ['util', 'stream'] },
  // A page says it in the words of the screen.
  report: { folders: ['core', 'ui'], packages: ['zod'], node: [] },
  // Policies are data made of a plan.
  iam: { folders: ['core'], packages: [], node: [] },
  // What people are told: messages are made of events, and posted through a port.
  notify: { folders: ['core', 'ui', 'report'], packages: [], node: [] },
  commands: {
    folders: ['core', 'gates', 'flags', 'steps', 'runsheet', 'engine', 'journal', 'ui', 'report', 'iam', 'notify'],
    packages: ['commander', 'zod'],
    node: 'any',
    files: ['version.ts'],
    typesOf: ['context.ts', 'compose'],
  },
  // What a command is given: types of what the composition root makes.
  'context.ts': {
    folders: [],
    packages: [],
    node: [],
    typesOf: ['core', 'engine', 'journal', 'ui', 'compose'],
  },
  // The edge.
  'version.ts': { folders: [], packages: [], node: [] },
  'signals.ts': { folders: ['core'], packages: [], node: [] },
  'program.ts': {
    folders: ['core', 'commands', 'compose', 'ui'],
    packages: ['commander'],
    node: 'any',
    files: ['signals.ts', 'version.ts'],
  },
  // The composition root and its pieces: the only places that know every part.
  compose: {
    ...everything,
    folders: folders.filter((name) => name !== 'commands'),
    files: ['version.ts'],
    typesOf: ['context.ts'],
  },
  'cli.ts': { folders: [], packages: [], node: 'any', files: ['program.ts', 'version.ts'] },
}

export type Import = { readonly from: string; readonly specifier: string; readonly typeOnly: boolean }

/** Imports, re-exports and dynamic imports of a source text. `from` is its path below src, with `/`. */
export function importsOf(from: string, text: string): readonly Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const statements = code.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]/gm)
  const calls = code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)
  return [
    ...Array.from(statements, ([, type, specifier]) => ({
      from,
      specifier: specifier ?? '',
      typeOnly: type !== undefined,
    })),
    ...Array.from(calls, ([, specifier]) => ({ from, specifier: specifier ?? '', typeOnly: false })),
  ]
}

/** Why the law forbids an import, or null. */
export function offence(given: Import): string | null {
  const place = placeOf(given.from)
  const row = Object.entries(law).find(([name]) => name === place)?.[1]
  if (row === undefined) return `${given.from}: "${place}" has no row in the import law`
  const no = (what: string) => `${given.from}: ${place} must not import ${what} (${given.specifier})`
  if (given.specifier.startsWith('node:')) {
    const name = given.specifier.slice('node:'.length).split('/')[0] ?? ''
    return row.node === 'any' || row.node.includes(name) ? null : no('that module of Node')
  }
  if (!given.specifier.startsWith('.')) {
    const allowed = row.packages.some(
      (name) => given.specifier === name || given.specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
    )
    return allowed ? null : no('that package')
  }
  const target = placeOf(new URL(given.specifier, `file:///${given.from}`).pathname.slice(1))
  if (target === place || row.folders.includes(target) || row.files?.includes(target)) return null
  if (row.typesOf?.includes(target)) return given.typeOnly ? null : no(`more than types of ${target}`)
  return no(target)
}

/** `gates/ratio.ts` → `gates`, `cli.ts` → `cli.ts`. */
function placeOf(path: string): string {
  return path.split('/')[0] ?? path
}

/** What .oxlintrc.json must say about imports, row by row: the same law, so that an editor shows it too. */
export function lintOverrides(): readonly unknown[] {
  return Object.entries(law).map(([place, row]) => ({
    files: [place.endsWith('.ts') ? `src/${place}` : `src/${place}/**`],
    rules: { 'no-restricted-imports': ['error', { patterns: lintPatterns(place, row) }] },
  }))
}

function lintPatterns(place: string, row: Row): readonly unknown[] {
  const otherFolders = folders.filter(
    (name) => name !== place && !row.folders.includes(name) && !row.typesOf?.includes(name),
  )
  const otherFiles = rootFiles.filter(
    (name) => name !== place && !row.files?.includes(name) && !row.typesOf?.includes(name),
  )
  const otherPackages = everything.packages.filter((name) => !row.packages.includes(name))
  const typesOfFolders = (row.typesOf ?? []).filter((name) => !name.endsWith('.ts'))
  const typesOfFiles = (row.typesOf ?? []).filter((name) => name.endsWith('.ts'))
  const oneOf = (names: readonly string[]) =>
    `(?:${names.map((name) => name.replaceAll('.', String.raw`\.`)).join('|')})`
  const up = '^[.]{1,2}/(?:[.]{2}/)*'
  const message = `the import law (test/support/import-law.ts): ${place} must not import this`
  return [
    ...(otherFolders.length > 0 ? [{ regex: `${up}${oneOf(otherFolders)}/`, message }] : []),
    ...(otherFiles.length > 0 ? [{ regex: `${up}${oneOf(otherFiles)}$`, message }] : []),
    ...(typesOfFolders.length > 0
      ? [{ regex: `${up}${oneOf(typesOfFolders)}/`, allowTypeImports: true, message }]
      : []),
    ...(typesOfFiles.length > 0 ? [{ regex: `${up}${oneOf(typesOfFiles)}$`, allowTypeImports: true, message }] : []),
    ...(otherPackages.length > 0 ? [{ regex: `^${oneOf(otherPackages)}`, message }] : []),
    ...(row.node === 'any'
      ? []
      : [{ group: ['node:*', 'node:*/*', ...row.node.map((name) => `!node:${name}`)], message }]),
  ]
}
