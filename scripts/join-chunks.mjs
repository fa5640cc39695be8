// What is loaded together anyway, as one file each: the start of every command, the bucket, a launch. esbuild splits by who shares what, which
// makes a hundred small chunks of it; node takes more than half a millisecond to find, read and link each.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'

/**
 * Each group becomes one file: whatever its sources load at once and no group before it has. The first is on the way from the start of
 * the process to the write of an emergency rollback, the second reads that back, the third is what every launch goes through.
 */
const groups = [
  { name: 'front', sources: ['src/program.ts', 'src/engine/rollback.ts', 'src/compose/emergency.ts'] },
  { name: 'bucket', sources: ['src/aws/s3.ts'] },
  {
    name: 'drive',
    sources: [
      'src/commands/drive.ts',
      'src/compose/engine-ports.ts',
      'src/engine/run.ts',
      'src/engine/start-session.ts',
      'src/runsheet/load.ts',
      'src/runsheet/compile.ts',
    ],
    // A rollback reads the run sheet with it before its write, and needs nothing else of a launch then.
    without: ['src/runsheet/tolerant.ts', 'node_modules/yaml/dist/index.js'],
  },
]

const byText = (a, b) => (a < b ? -1 : 1)

/** @returns {Promise<{ path: string, text: string }[]>} the output files with those of each group joined and all others pointing to it */
export async function joinChunks(esbuild, { outputFiles, metafile }, options) {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]))
  const entry = outputs.get('cli.js')
  // An entry that loads no program has nothing to join.
  if (!groups[0].sources.some((source) => source in metafile.inputs)) return outputFiles
  const lost = groups
    .flatMap(({ sources, without = [] }) => [...sources, ...without])
    .filter((one) => !(one in metafile.inputs))
  if (lost.length > 0) throw new Error(`no longer part of the program: ${lost.join(', ')}`)
  const chunksOf = (sources) =>
    [...outputs].filter(([, { inputs }]) => sources.some((source) => source in inputs)).map(([name]) => name)
  // What --version loads stays apart from all.
  const taken = closure(
    outputs,
    staticImports(entry).map((path) => basename(path)),
  )
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))
  const places = new Map()
  const wholes = []
  for (const { name: group, sources, without = [] } of groups) {
    const apart = closure(outputs, chunksOf(without))
    const joined = [...closure(outputs, chunksOf(sources))]
      .filter((name) => !taken.has(name) && !apart.has(name))
      .toSorted(byText)
    for (const name of joined) {
      taken.add(name)
      places.set(name, { group, n: places.size })
    }
    wholes.push({ group, text: await bundle(esbuild, joined, { outputs, texts, options, places }) })
  }
  const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()
  const all = hash(wholes.map(({ text }) => text).join(''))
  const names = new Map(
    [...outputs.keys()].map((name) => [name, name.replace(/-(\w+)\.js$/, (_, old) => `-${hash(old + all)}.js`)]),
  )
  const fileOf = (group) => `${group}-${all}.js`
  const pointing = (text) => pointed(text, { places, names, fileOf })

  const files = outputFiles.flatMap(({ path, text }) => {
    const name = basename(path)
    return places.has(name) ? [] : [{ path: path.replace(name, names.get(name)), text: pointing(text) }]
  })
  const [some] = files.filter(({ path }) => path.includes('/chunks/'))
  const own = wholes.map(({ group, text }) => ({
    path: some.path.replace(basename(some.path), fileOf(group)),
    text: pointing(text),
  }))
  return [...own, ...files]
}

function staticImports({ imports }) {
  return imports.filter(({ kind, external }) => kind === 'import-statement' && !external).map(({ path }) => path)
}

function closure(outputs, names) {
  const found = new Set()
  const visit = (name) => {
    if (found.has(name)) return
    found.add(name)
    for (const path of staticImports(outputs.get(name))) visit(basename(path))
  }
  for (const name of names) visit(name)
  return found
}

/** One module that exports everything the joined chunks export, each name with the number of its chunk. */
async function bundle(esbuild, joined, { outputs, texts, options, places }) {
  const lines = joined.map((name) => {
    const i = places.get(name).n
    const named = outputs.get(name).exports.map((one) => `${one} as ${one}$${i}`)
    // Whole namespaces only of what is loaded by name: those with a source of their own.
    const whole = outputs.get(name).entryPoint === undefined ? '' : `export * as all$${i} from './${name}'`
    return `import './${name}'\nexport { ${named.join(', ')} } from './${name}'\n${whole}`
  })
  const isJoined = new Set(joined)
  const resolve = {
    name: 'joined',
    setup: (build) => {
      build.onResolve({ filter: /^\.\// }, ({ path, kind }) => {
        const name = basename(path)
        // A chunk that is loaded later stays one; what is joined and asked for later is pointed to afterwards.
        if (kind === 'dynamic-import' || !isJoined.has(name)) return { path, external: true }
        return { path: name, namespace: 'joined' }
      })
      build.onLoad({ filter: /./, namespace: 'joined' }, ({ path }) => ({ contents: texts.get(path), resolveDir: '/' }))
    },
  }
  const { outputFiles } = await esbuild.build({
    ...options,
    stdin: { contents: lines.join('\n'), resolveDir: '/' },
    bundle: true,
    write: false,
    plugins: [resolve],
  })
  return outputFiles[0].text
}

/** The text with every import of a joined chunk pointed to its group, and the others under their new names. */
function pointed(text, { places, names, fileOf }) {
  const place = String.raw`"\./(chunks/)?([\w-]+\.js)"`
  return text
    .replaceAll(
      new RegExp(String.raw`import\s*\{([^}]*)\}\s*from\s*${place}`, 'g'),
      (whole, list, folder = '', name) => {
        const found = places.get(name)
        if (found === undefined) return whole
        const given = list.split(',').map((one) => one.trim().split(/\s+as\s+/))
        const renamed = given.filter(([one]) => one !== '').map(([one, own = one]) => `${one}$${found.n} as ${own}`)
        return `import { ${renamed.join(', ')} } from "./${folder}${fileOf(found.group)}"`
      },
    )
    .replaceAll(new RegExp(String.raw`import\(${place}\)`, 'g'), (whole, folder = '', name) => {
      const found = places.get(name)
      return found === undefined
        ? whole
        : `import("./${folder}${fileOf(found.group)}").then((joined) => joined.all$${found.n})`
    })
    .replaceAll(new RegExp(place, 'g'), (whole, folder = '', name) => {
      const found = places.get(name)
      return `"./${folder}${found ? fileOf(found.group) : (names.get(name) ?? name)}"`
    })
}
