// What every command loads at once, and what a rollback loads before it writes, as one file. esbuild splits by who shares what, which
// makes some thirty small chunks of it; node takes more than half a millisecond to find, read and link each.
import { createHash } from 'node:crypto'
import { basename } from 'node:path'

/** Sources that are loaded on the way from the start of the process to the write of an emergency rollback. */
const front = ['src/program.ts', 'src/engine/rollback.ts', 'src/compose/emergency.ts']

const byText = (a, b) => (a < b ? -1 : 1)

/** @returns {Promise<{ path: string, text: string }[]>} the output files with the front ones joined and all others pointing to it */
export async function joinChunks(esbuild, { outputFiles, metafile }, options) {
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]))
  const entry = outputs.get('cli.js')
  // An entry that loads no program has nothing to join.
  if (!front.some((source) => source in metafile.inputs)) return outputFiles
  const lost = front.filter((source) => !(source in metafile.inputs))
  if (lost.length > 0) throw new Error(`no longer part of the program: ${lost.join(', ')}`)
  const wanted = [...outputs].filter(([, { inputs }]) => front.some((source) => source in inputs)).map(([name]) => name)
  // What --version loads stays apart from it.
  const apart = closure(
    outputs,
    staticImports(entry).map((path) => basename(path)),
  )
  const joined = [...closure(outputs, wanted)].filter((name) => !apart.has(name)).toSorted(byText)
  const numbers = new Map(joined.map((name, i) => [name, i]))
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]))

  const whole = await bundle(esbuild, joined, { outputs, texts, options })
  const hash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase()
  const frontHash = hash(whole)
  const names = new Map(
    [...outputs.keys()].map((name) => [name, name.replace(/-(\w+)\.js$/, (_, old) => `-${hash(old + frontHash)}.js`)]),
  )
  const frontName = `front-${frontHash}.js`
  const pointing = (text) => pointed(text, { numbers, names, frontName })

  const files = outputFiles.flatMap(({ path, text }) => {
    const name = basename(path)
    return numbers.has(name) ? [] : [{ path: path.replace(name, names.get(name)), text: pointing(text) }]
  })
  const [some] = files.filter(({ path }) => path.includes('/chunks/'))
  return [{ path: some.path.replace(basename(some.path), frontName), text: pointing(whole) }, ...files]
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
async function bundle(esbuild, joined, { outputs, texts, options }) {
  const lines = joined.map((name, i) => {
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

/** The text with every import of a joined chunk pointed to the front, and the others under their new names. */
function pointed(text, { numbers, names, frontName }) {
  const place = String.raw`"\./(chunks/)?([\w-]+\.js)"`
  return text
    .replaceAll(
      new RegExp(String.raw`import\s*\{([^}]*)\}\s*from\s*${place}`, 'g'),
      (whole, list, folder = '', name) => {
        const i = numbers.get(name)
        if (i === undefined) return whole
        const given = list.split(',').map((one) => one.trim().split(/\s+as\s+/))
        const renamed = given.filter(([one]) => one !== '').map(([one, own = one]) => `${one}$${i} as ${own}`)
        return `import { ${renamed.join(', ')} } from "./${folder}${frontName}"`
      },
    )
    .replaceAll(new RegExp(String.raw`import\(${place}\)`, 'g'), (whole, folder = '', name) => {
      const i = numbers.get(name)
      return i === undefined ? whole : `import("./${folder}${frontName}").then((front) => front.all$${i})`
    })
    .replaceAll(new RegExp(place, 'g'), (whole, folder = '', name) => {
      if (name === frontName) return whole
      return `"./${folder}${numbers.has(name) ? frontName : (names.get(name) ?? name)}"`
    })
}
