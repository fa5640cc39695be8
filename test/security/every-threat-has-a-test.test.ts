import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const page = await readFile(join(root, 'docs/security.md'), 'utf8')
const linked = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => path)
const tests = [...new Set(linked.filter((path) => path.endsWith('.test.ts')))]

describe('docs/security.md', () => {
  test.each(tests)('names %s, which holds tests', async (path) => {
    const text = await readFile(resolve(root, 'docs', path), 'utf8')
    expect(text).toMatch(/\b(?:test|it)(?:\.each)?\b[\s\S]*\bexpect\b/)
    expect(text).not.toMatch(/\b(?:test|describe)\.(?:skip|todo|only)\(/)
  })

  test('names a test for every threat, and links to nothing that is not there', async () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.includes('---'))
    const threats = rows.slice(
      1,
      rows.findIndex((line) => line.startsWith('| role |')),
    )
    expect(threats.length).toBeGreaterThanOrEqual(15)
    for (const row of threats) expect(row).toMatch(/\.test\.ts\)/)
    for (const path of linked) await readFile(resolve(root, 'docs', path))
  })

  test('leaves out no file of this folder', async () => {
    const here = (await readdir(dirname(new URL(import.meta.url).pathname))).filter((name) => name.endsWith('.test.ts'))
    const named = new Set(tests.map((path) => path.split('/').at(-1)))
    const self = new URL(import.meta.url).pathname.split('/').at(-1)
    expect(here.filter((name) => name !== self && !named.has(name))).toEqual([])
  })
})
