import { withoutTrailing } from '../core/without-trailing.ts'

/** What a folder says about how its site is built, read by whoever may look: texts, not paths. */
export type ProjectFiles = {
  /** package.json as it is parsed; null when there is none, or none that is an object. */
  readonly about: object | null
  /** Its configuration files at the top by name: `vite.config.ts` → text. */
  readonly configs: { readonly [name: string]: string }
  /** Names of the folders at the top. */
  readonly folders: readonly string[]
}

/** How a kind of site is built and what comes out. */
export type Site = {
  readonly kind: SiteKind
  /** Folder of the built files. */
  readonly output: string
  /** Globs of files that carry their content hash in their name. */
  readonly immutable: readonly string[]
  /** Variables its build needs. */
  readonly buildEnv: { readonly [name: string]: string }
  /** Why what is built cannot be served from a bucket, in words; null when it can. */
  readonly lacks: string | null
}

type Row = {
  /** Packages that give it away, the first one names it best. */
  readonly packages: readonly string[]
  /** Its configuration file, without the extension. */
  readonly config: string | null
  readonly output: string
  /** Where its configuration says another output folder. */
  readonly outputSetting: RegExp | null
  /** Folder whose files carry their hash, and where the configuration says another. */
  readonly hashed: string
  readonly hashedSetting: RegExp | null
  readonly buildEnv: Site['buildEnv']
  readonly lacks: (config: string) => string | null
}

const text = String.raw`\s*:\s*['"\x60]([\w./-]+)['"\x60]`
const always = () => null

/** In the order they are looked for: what builds with Vite comes before Vite itself. Defaults are those of each project's documentation. */
const rows = {
  next: {
    packages: ['next'],
    config: 'next.config',
    output: 'out',
    outputSetting: new RegExp(`distDir${text}`),
    hashed: '_next/static',
    hashedSetting: null,
    buildEnv: {},
    lacks: (config) =>
      /output\s*:\s*['"`]export['"`]/.test(config)
        ? null
        : "next.config needs output: 'export': launch ships files, no server",
  },
  cra: {
    packages: ['react-scripts'],
    config: null,
    output: 'build',
    outputSetting: null,
    hashed: 'static',
    hashedSetting: null,
    // It writes source maps unless told not to, and an artifact with source maps is refused.
    buildEnv: { GENERATE_SOURCEMAP: 'false' },
    lacks: always,
  },
  astro: {
    packages: ['astro'],
    config: 'astro.config',
    output: 'dist',
    outputSetting: new RegExp(`outDir${text}`),
    hashed: '_astro',
    hashedSetting: new RegExp(`assets${text}`),
    buildEnv: {},
    lacks: (config) =>
      /output\s*:\s*['"`]server['"`]/.test(config)
        ? "astro.config says output: 'server': launch ships files, no server"
        : null,
  },
  sveltekit: {
    packages: ['@sveltejs/kit'],
    config: 'svelte.config',
    output: 'build',
    outputSetting: new RegExp(`pages${text}`),
    hashed: '_app/immutable',
    hashedSetting: null,
    buildEnv: {},
    lacks: (config) =>
      config.includes('adapter-static')
        ? null
        : 'svelte.config needs @sveltejs/adapter-static: launch ships files, no server',
  },
  vite: {
    packages: ['vite'],
    config: 'vite.config',
    output: 'dist',
    outputSetting: new RegExp(`outDir${text}`),
    hashed: 'assets',
    hashedSetting: new RegExp(`assetsDir${text}`),
    buildEnv: {},
    lacks: always,
  },
} as const satisfies Record<string, Row>

export type SiteKind = keyof typeof rows | 'plain'
export const siteKinds: readonly string[] = [...Object.keys(rows), 'plain']

/** Where files are built to when nothing says so, the likeliest first. */
const usualOutputs = ['dist', 'build', 'out', 'public', '_site'] as const

/** What kind of site this is; `wanted` when somebody said so. A folder that says nothing is `plain`: files in an output folder. */
export function siteOf(files: ProjectFiles, wanted: SiteKind | null): Site {
  const kind = wanted ?? kindOf(files)
  if (kind === 'plain') {
    const output = usualOutputs.find((name) => files.folders.includes(name)) ?? 'dist'
    // Vite and its like put hashed files there; a glob that fits nothing is no problem.
    return { kind, output, immutable: ['assets/**'], buildEnv: {}, lacks: null }
  }
  const row: Row = rows[kind]
  const config = Object.entries(files.configs).find(([name]) => isConfig(name, row.config))?.[1] ?? ''
  const setting = (at: RegExp | null) => (at ? trimmed(at.exec(withoutComments(config))?.[1] ?? '') : '')
  return {
    kind,
    output: setting(row.outputSetting) || row.output,
    immutable: [`${setting(row.hashedSetting) || row.hashed}/**`],
    buildEnv: row.buildEnv,
    lacks: row.lacks(withoutComments(config)),
  }
}

export function isSiteKind(word: string): word is SiteKind {
  return siteKinds.includes(word)
}

function kindOf({ about, configs }: ProjectFiles): SiteKind {
  const used = dependenciesOf(about)
  const byPackage = Object.entries(rows).find(([, { packages }]) => packages.some((name) => used.has(name)))
  const byConfig = Object.entries(rows).find(([, { config }]) =>
    Object.keys(configs).some((name) => isConfig(name, config)),
  )
  const found = (byPackage ?? byConfig)?.[0] ?? ''
  return isSiteKind(found) ? found : 'plain'
}

function dependenciesOf(about: object | null): ReadonlySet<string> {
  const names = Object.entries(about ?? {}).flatMap(([field, value]: [string, unknown]) =>
    /^(?:dev|peer)?dependencies$/i.test(field) && typeof value === 'object' && value !== null ? Object.keys(value) : [],
  )
  return new Set(names)
}

/** `vite.config.ts` is a `vite.config`. */
function isConfig(name: string, stem: string | null): boolean {
  return stem !== null && new RegExp(`^${stem.replaceAll('.', String.raw`\.`)}\\.[cm]?[jt]s$`).test(name)
}

/** Every configuration file anybody here would look into. */
export function isSiteConfig(name: string): boolean {
  return Object.values(rows).some(({ config }) => isConfig(name, config))
}

/** A setting that is commented out is none, also in a comment that nothing closes. An address in a string keeps its slashes. */
function withoutComments(code: string): string {
  return code.replaceAll(/\/\*[\s\S]*?(?:\*\/|$)/g, '').replaceAll(/(^|[\s,;{(])\/\/.*$/gm, '$1')
}

/** `./dist/` → `dist`; what leaves the folder is no output of it. */
function trimmed(path: string): string {
  const plain = withoutTrailing('/', path.replace(/^(?:\.\/)+/, ''))
  return plain.startsWith('/') || plain.split('/').includes('..') ? '' : plain
}
