import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { pages } from '../scripts/docs.ts'

const root = join(import.meta.dirname, '..')

describe('the reference pages say what the registries say', () => {
  test.each(Object.keys(pages))('%s is up to date (npm run docs writes it)', async (path) => {
    const text = pages[path]?.() ?? ''
    if (process.env['UPDATE'] === '1') await writeFile(join(root, path), text)

    const written = await readFile(join(root, path), 'utf8')

    expect(written).toBe(text)
    expect(text.split('\n').length).toBeGreaterThan(8)
  })
})
