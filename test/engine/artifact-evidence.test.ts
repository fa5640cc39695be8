import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { Files } from '../../src/core/ports.ts'
import { artifactEvidence } from '../../src/engine/artifact-evidence.ts'
import { launchWorld } from '../support/launch-world.ts'
import { memoryFiles } from '../support/memory-files.ts'

const built = { 'dist/index.html': '<html>new</html>', 'dist/robots.txt': 'new', 'dist/assets/new.js': 'new()' }

/** What is said of these files after the build of a launch. */
async function evidence(files: Files, more: { readonly build?: null; readonly artifact?: null } = {}) {
  const world = await launchWorld()
  await world.drive()
  return artifactEvidence({ ...world.plan, ...more }, { ...(await world.state()), ...more }, { files })
}

test('files that are as they were built have nothing wrong with them, and are counted', async () => {
  const bytes = Object.values(built).join('').length
  expect(await evidence(memoryFiles(built))).toMatchObject({ status: 'seen', value: { files: 3, bytes, problems: [] } })
})

test('files that changed since are named by both their hashes', async () => {
  const [as, now] = await Promise.all([
    evidence(memoryFiles(built)),
    evidence(memoryFiles({ ...built, 'dist/robots.txt': 'x' })),
  ])
  if (as.status !== 'seen' || now.status !== 'seen') throw new Error('not seen')
  const [before, after] = [as.value.hash.slice(0, 12), now.value.hash.slice(0, 12)]
  expect(now.value.problems).toEqual([`the files changed since they were built: ${after} is not ${before}`])
})

test('a build without a page, or one that cannot be read, is said to be that, and not also to have changed', async () => {
  expect(await evidence(memoryFiles({ 'dist/robots.txt': 'new' }))).toMatchObject({
    value: { files: 1, problems: ['there is no index.html'] },
  })
  const unreadable: Files = {
    ...memoryFiles({}),
    tree: async () => Promise.reject(new LaunchError('ARTIFACT_INVALID', 'dist/x is a link')),
  }
  expect(await evidence(unreadable)).toMatchObject({
    value: { files: 0, bytes: 0, problems: ['dist/x is a link', 'there is no index.html'] },
  })
})

test('without a build there is nothing to say of its files', async () => {
  expect(await evidence(memoryFiles(built), { build: null })).toEqual({
    status: 'missing',
    why: 'the run sheet has no build section',
  })
  expect(await evidence(memoryFiles(built), { artifact: null })).toEqual({
    status: 'missing',
    why: 'nothing has been built in this launch',
  })
})

test('texts are looked for byte for byte, each in the first file that has it, and no longer than that takes', async () => {
  const world = await launchWorld()
  await world.drive()
  const read: string[] = []
  const files = memoryFiles({ ...built, 'dist/z.bin': 'größe' })
  const counted: Files = { ...files, read: async (path) => (read.push(path), files.read(path)) }
  const holding = async (...texts: readonly string[]) => {
    read.length = 0
    const found = await artifactEvidence(world.plan, await world.state(), { files: counted }, texts)
    if (found.status !== 'seen') throw new Error('not seen')
    return found.value.holds
  }
  expect(await holding('new', 'new()', 'nowhere', 'größe')).toEqual({
    new: 'assets/new.js',
    'new()': 'assets/new.js',
    nowhere: null,
    größe: 'z.bin',
  })
  expect(read).toHaveLength(4)
  expect(await holding('<html>')).toEqual({ '<html>': 'index.html' })
  expect(read).toEqual(['dist/assets/new.js', 'dist/index.html'])
  expect(await holding()).toBeUndefined()
  expect(read).toEqual([])
  // A file that is gone by now holds nothing.
  const gone: Files = { ...files, read: async () => null }
  const found = await artifactEvidence(world.plan, await world.state(), { files: gone }, ['new'])
  expect(found).toMatchObject({ value: { holds: { new: null } } })
})
