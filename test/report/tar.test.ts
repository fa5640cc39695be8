import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { tar } from '../../src/report/tar.ts'
import { tempDir } from '../support/temp-dir.ts'

const modifiedAt = Date.UTC(2020, 0, 2, 3, 4, 5)

test('tar unpacks what was packed: empty, exactly one block, one byte more, not text', async () => {
  const sizes = [0, 1, 511, 512, 513, 5000]
  const files = sizes.map((size) => ({
    path: `a/${size}.bin`,
    body: Uint8Array.from({ length: size }, (_, i) => (i * 7) % 256),
  }))
  await using dir = await tempDir()
  await writeFile(dir.file('x.tar'), tar(files, modifiedAt))

  execFileSync('tar', ['-xf', 'x.tar'], { cwd: dir.path })

  for (const { path, body } of files) expect(new Uint8Array(await readFile(dir.file(path)))).toEqual(body)
  const listing = execFileSync('tar', ['-tvf', 'x.tar', '--full-time', '--utc'], { cwd: dir.path, encoding: 'utf8' })
  expect(listing).toMatch(/^-rw-r--r-- 0\/0 +0 2020-01-02 03:04:05 a\/0\.bin$/m)
})

test('a path that has no room is refused', () => {
  expect(() => tar([{ path: 'x'.repeat(101), body: new Uint8Array() }], modifiedAt)).toThrow('too long')
})
