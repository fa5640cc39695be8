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
  expect(await evidence(memoryFiles(built), { build: null })).toMatchObject({ status: 'missing' })
  expect(await evidence(memoryFiles(built), { artifact: null })).toEqual({
    status: 'missing',
    why: 'nothing has been built in this launch',
  })
})
