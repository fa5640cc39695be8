import { describe, expect, test } from 'vitest'
import { version } from '../../src/core/brand.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { never } from '../support/real-time.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (body: Uint8Array | undefined) => new TextDecoder().decode(body)
const plain = { contentType: 'text/plain; charset=utf-8', cacheControl: 'max-age=60' } as const

/** What an adapter or emulator is known to get wrong; each gap skips the one test that shows it. */
export type ObjectStoreGaps = { readonly checksum?: 'wrong ChecksumSHA256 is accepted' }

/** `make` gives an empty bucket; null skips the suite. */
export function objectStoreContract(
  name: string,
  make: () => Promise<ObjectStore | null>,
  gaps: ObjectStoreGaps = {},
): void {
  describe(`object store: ${name}`, () => {
    const it = (sentence: string, run: (objects: ObjectStore) => Promise<void>) =>
      test(sentence, async (context) => {
        const objects = await make()
        if (objects === null) return context.skip('not available here')
        expect.hasAssertions()
        await run(objects)
      })

    it('gives back what was put, with its headers', async (objects) => {
      const put = await objects.put('a/b.txt', bytes('häagen'), { ...plain, sha256: sha256(bytes('häagen')) }, never)
      const found = await objects.get('a/b.txt', never)
      expect(text(found?.body)).toBe('häagen')
      expect(found).toMatchObject(plain)
      expect(put).toEqual({ status: 'written', etag: found?.etag })
    })

    it('gives null for a key that is not there', async (objects) => {
      expect(await objects.get('nothing', never)).toBeNull()
    })

    it('creates a key once, whoever comes second', async (objects) => {
      const options = { ...plain, expect: 'absent' } as const
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, n) => objects.put('once', bytes(`writer ${n}`), options, never)),
      )
      expect(results.filter((result) => result.status === 'written')).toHaveLength(1)
      expect(results.filter((result) => result.status === 'conflict')).toHaveLength(7)
    })

    it('replaces exactly the version that was read', async (objects) => {
      const first = await objects.put('doc', bytes('1'), plain, never)
      if (first.status !== 'written') throw new Error('not written')
      expect(await objects.put('doc', bytes('2'), { ...plain, expect: first.etag }, never)).toMatchObject({
        status: 'written',
      })
      expect(await objects.put('doc', bytes('3'), { ...plain, expect: first.etag }, never)).toEqual({
        status: 'conflict',
      })
      expect(text((await objects.get('doc', never))?.body)).toBe('2')
    })

    it('calls it a conflict when the version to replace is gone', async (objects) => {
      const expected = version('"00000000000000000000000000000000"')
      expect(await objects.put('gone', bytes('x'), { ...plain, expect: expected }, never)).toEqual({
        status: 'conflict',
      })
      expect(await objects.get('gone', never)).toBeNull()
    })

    it('copies a body and gives it new headers', async (objects) => {
      await objects.put('from/ü x.html', bytes('<p>'), plain, never)
      const headers = { contentType: 'text/html; charset=utf-8', cacheControl: 'no-cache' }
      await objects.copy('from/ü x.html', 'to.html', headers, never)
      const copy = await objects.get('to.html', never)
      expect(text(copy?.body)).toBe('<p>')
      expect(copy).toMatchObject(headers)
    })

    it('lists every key under a prefix in order, and removes them', async (objects) => {
      const keys = ['p/b', 'p/a/1', 'p/a/0', 'q/x']
      for (const key of keys) await objects.put(key, bytes(key), plain, never)
      expect((await objects.list('p/', never)).map(({ key, bytes }) => [key, bytes])).toEqual([
        ['p/a/0', 5],
        ['p/a/1', 5],
        ['p/b', 3],
      ])
      await objects.remove(['p/a/0', 'p/a/1', 'p/b', 'p/never-there'], never)
      expect(await objects.list('', never)).toMatchObject([{ key: 'q/x' }])
    })

    test.skipIf(gaps.checksum !== undefined)(
      'refuses bytes that are not the bytes that were hashed',
      async (context) => {
        const objects = await make()
        if (objects === null) return context.skip('not available here')
        const wrong = objects.put('corrupt', bytes('sent'), { ...plain, sha256: sha256('hashed') }, never)
        await expect(wrong).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
        expect(await objects.get('corrupt', never)).toBeNull()
      },
    )
  })
}
