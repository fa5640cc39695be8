import { expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import type { ReleaseFile } from '../../src/core/release.ts'
import { uploadProgress } from '../../src/steps/upload-progress.ts'

const file = (bytes: number): ReleaseFile => ({
  path: `f${bytes}`,
  bytes,
  sha256: sha256(''),
  class: 'mutable',
  contentType: '',
  cacheControl: '',
})

test('a long upload says files, bytes, speed and what is left; a short one nothing', () => {
  const files = [2_000_000, 2_000_000, 4_000_000].map(file)
  let ms = 0
  const said: string[] = []
  const tell = uploadProgress(files, { monotonicMs: () => ms }, (text) => said.push(text))
  const [first, second, third] = files
  if (!first || !second || !third) throw new Error('three files')
  ms = 1000
  tell(first)
  ms = 2000
  tell(second)
  ms = 2100
  tell(third)
  expect(said).toEqual(['uploading: 2 of 3 files, 4.0 of 8.0 MB, 2.0 MB/s, 2 s left'])
})
