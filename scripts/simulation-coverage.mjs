// How many lines of src a run of the simulation went through, by folder: from V8's own coverage and the bundle's source map.
import { readdir, readFile } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'

/** Folders that are told apart, the longest name first. */
const folders = [
  'src/core/judge',
  'src/core/stats',
  'src/core',
  'src/engine',
  'src/journal',
  'src/gates',
  'src/flags',
  'src/steps',
]

/** Lines of every source file of `bundled`, true where one of the processes whose coverage lies in `from` came by. */
export async function linesRun(bundled, from, root) {
  const text = await readFile(bundled, 'utf8')
  const map = new SourceMap(JSON.parse(await readFile(`${bundled}.map`, 'utf8')))
  const ran = new Uint8Array(text.length)
  for (const name of await readdir(from)) {
    const { result } = JSON.parse(await readFile(join(from, name), 'utf8'))
    const own = result.find(({ url }) => url.endsWith(bundled))
    if (own) addRun(ran, own.functions)
  }
  const files = new Map()
  let start = 0
  for (const [line, content] of text.split('\n').entries()) {
    for (const { index } of content.matchAll(/\S+/g)) {
      const entry = map.findEntry(line, index)
      // Only where a piece of source begins: what follows it belongs to it, or to nobody.
      if (entry.originalSource === undefined || entry.generatedLine !== line || entry.generatedColumn !== index)
        continue
      const file = relative(root, resolve(dirname(bundled), entry.originalSource))
      const lines = files.get(file) ?? new Map()
      files.set(file, lines)
      lines.set(entry.originalLine + 1, (lines.get(entry.originalLine + 1) ?? false) || ran[start + index] === 1)
    }
    start += content.length + 1
  }
  return files
}

/** Inner ranges tell more exactly than those around them. */
function addRun(ran, functions) {
  const here = new Uint8Array(ran.length)
  const ranges = functions.flatMap((one) => one.ranges)
  ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset)
  for (const { startOffset, endOffset, count } of ranges) here.fill(count > 0 ? 1 : 0, startOffset, endOffset)
  for (let i = 0; i < ran.length; i += 1) if (here[i] === 1) ran[i] = 1
}

/** One row a folder; with `isWhole` also the lines of every file of core, engine and journal that nothing went through. */
export function coverageTable(files, isWhole) {
  const rows = folders.map((folder) => {
    const lines = [...files].filter(([file]) => folderOf(file) === folder).flatMap(([, of]) => [...of.values()])
    const run = lines.filter(Boolean).length
    return `${folder.padEnd(16)} ${((100 * run) / Math.max(1, lines.length)).toFixed(1).padStart(5)} % of ${lines.length} lines`
  })
  return [...rows, ...(isWhole ? missed(files) : [])].join('\n')
}

function missed(files) {
  return [...files]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([file, lines]) => {
      const never = [...lines].flatMap(([line, isRun]) => (isRun ? [] : [line])).sort((a, b) => a - b)
      return never.length === 0 || !folders.includes(folderOf(file)) ? [] : [`${file}: ${never.join(' ')}`]
    })
}

function folderOf(file) {
  return folders.find((folder) => file.startsWith(`${folder}/`)) ?? ''
}
