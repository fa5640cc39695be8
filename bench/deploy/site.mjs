// The artifact of the benchmark: 2,000 small files, 12 MB, named and sized like the output of a bundler. The same bytes every time.
import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

const plain = ['robots.txt', 'favicon.svg', 'manifest.webmanifest', 'sitemap.xml', 'version.json']
const kinds = ['js', 'js', 'js', 'css', 'svg', 'woff2']

/** Path to bytes. `generation` n differs from n-1 in 1 % of the assets, which get new names, and in index.html. */
export function siteOf(generation, count = 2000) {
  const assets = count - plain.length - 1
  const changed = Math.round(count / 100) - 1
  const files = new Map(plain.map((path, n) => [path, bytesOf(`plain ${n}`, 300)]))
  for (let n = 0; n < assets; n += 1) {
    // The oldest hundredth changes first, then the next.
    const version = Math.floor((generation * changed - n - 1) / assets) + 1
    const body = bytesOf(`asset ${n} version ${version}`, sizeOf(n))
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 8)
    files.set(`assets/${n % 7 === 0 ? 'chunk' : 'part'}-${n}-${hash}.${kinds[n % kinds.length]}`, body)
  }
  const named = [...files.keys()].filter((path) => path.endsWith('.js')).slice(0, 20)
  const tags = named.map((path) => `<script type="module" src="/${path}"></script>`).join('\n')
  files.set('index.html', Buffer.from(`<!doctype html><title>generation ${generation}</title>\n${tags}\n`))
  return files
}

/** Writes only what is not there already: tools that compare times see as changed what did change. */
export async function writeSite(folder, files) {
  const there = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = new Set(
    there.filter((one) => one.isFile()).map((one) => relative(folder, join(one.parentPath, one.name))),
  )
  for (const path of paths) if (!files.has(path)) await rm(join(folder, path))
  const folders = new Set([...files.keys()].map((path) => dirname(join(folder, path))))
  for (const one of folders) await mkdir(one, { recursive: true })
  for (const [path, body] of files) {
    const same = paths.has(path) && (await readFile(join(folder, path))).equals(body)
    if (!same) await writeFile(join(folder, path), body)
  }
}

/** 200 bytes to 60 KB, 6 KB in the middle of it all. */
function sizeOf(n) {
  const unit = createHash('sha256').update(`size ${n}`).digest().readUInt32BE() / 2 ** 32
  return Math.round(200 + 22_000 * unit ** 2.8)
}

function bytesOf(seed, length) {
  const body = Buffer.alloc(length)
  for (let at = 0, n = 0; at < length; at += 32, n += 1)
    createHash('sha256').update(`${seed} ${n}`).digest().copy(body, at)
  return body
}
