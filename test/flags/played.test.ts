import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { playedFlag } from '../../src/flags/played.ts'
import { FlagStoreSpec, flagStores } from '../../src/flags/registry.ts'

const storesThat = (is: (kind: string) => boolean) =>
  flagStores
    .filter(({ kind }) => is(kind))
    .map(({ kind, example }) => ({ kind, store: FlagStoreSpec.parse(parse(example)) }))

test.each(storesThat((kind) => kind !== 's3'))(
  'in the sandbox $kind is played by a document of the site that the played users read: nothing real is written',
  ({ store }) => {
    expect(playedFlag({ key: 'board', store }).store).toEqual({ kind: 's3', path: '/flags/flag.json', ttl: 5000 })
  },
)

test.each(storesThat((kind) => kind === 's3'))(
  'a flag that is a document of the site is itself in the sandbox',
  ({ store }) => {
    expect(playedFlag({ key: 'board', store }).store).toEqual(store)
  },
)
