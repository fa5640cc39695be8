import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { Files } from '../../src/core/ports.ts'
import { sha256 } from '../../src/core/hash.ts'
import { projectFiles } from '../../src/host/files.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)

describe('between the judgement of an artifact and its upload', () => {
  test.each(['index.html', 'robots.txt', 'assets/new.js'])(
    'one flipped bit of %s is refused, and users keep what they have',
    async (path) => {
      const plan = tinyPlan()
      const world = await launchWorld(plan)
      const honest: Files = world.ports().files
      const files: Files = {
        ...honest,
        read: async (asked) => {
          const body = await honest.read(asked)
          if (!body || asked !== `dist/${path}`) return body
          const swapped = Uint8Array.from(body)
          swapped[0] = (swapped[0] ?? 0) ^ 1
          return swapped
        },
      }
      await expect(perform(world, 'rollout/deploy', { ports: { files } })).rejects.toMatchObject({
        code: 'ARTIFACT_INVALID',
        message: `${path} changed while it was deployed`,
      })
      const page = await world.production.get('index.html', never)
      expect(new TextDecoder().decode(page?.body)).toBe('<html>old</html>')
    },
  )
})

/** In a process of its own, so that it does not keep step with the reader. `rename` leaves the file or the link, never nothing. */
const swapper = `
const { renameSync, symlinkSync, writeFileSync } = require('node:fs')
for (;;) {
  symlinkSync('../../outside.txt', 'next')
  renameSync('next', 'dist/a.txt')
  writeFileSync('next', 'inside')
  renameSync('next', 'dist/a.txt')
  for (let spin = Math.random() * 20000; spin > 0; spin -= 1);
}`

describe('a file that is swapped for a link while it is read', () => {
  test('never brings in what lies outside, however often it is tried', async () => {
    await using dir = await tempDir({ files: { 'outside.txt': 'secret', 'project/dist/a.txt': 'inside' } })
    const root = dir.file('project')
    const files = projectFiles(root)
    const child = spawn(process.execPath, ['-e', swapper], { cwd: root, stdio: 'inherit' })
    const seen = { inside: 0, refused: 0 }
    const seenBy = async (read: () => Promise<string | undefined>) => {
      try {
        return await read()
      } catch (error) {
        return error instanceof LaunchError ? error.code : error
      }
    }
    const look = async (read: () => Promise<string | undefined>) => {
      const found = await seenBy(read)
      expect([sha256('inside'), 'ARTIFACT_INVALID']).toContain(found)
      seen[found === 'ARTIFACT_INVALID' ? 'refused' : 'inside'] += 1
    }
    for (let turn = 0; turn < 3000 && (turn < 500 || seen.inside === 0 || seen.refused === 0); turn += 1) {
      await look(async () => (await files.tree('dist'))[0]?.sha256)
      await look(async () => sha256((await files.read('dist/a.txt')) ?? ''))
    }
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(seen.inside).toBeGreaterThan(0)
    expect(seen.refused).toBeGreaterThan(0)
  }, 30_000)
})

describe('what is no plain file of the build', () => {
  test.each([
    ['a link to a file outside', (dir: string) => symlink('/etc/hostname', `${dir}/dist/x`)],
    ['a link to a folder outside', (dir: string) => symlink('/etc', `${dir}/dist/x`)],
    ['a link that leads round in circles', (dir: string) => symlink('x', `${dir}/dist/x`)],
    ['a pipe', (dir: string) => run('mkfifo', [`${dir}/dist/x`])],
    [
      'a build output that is a link itself',
      async (dir: string) => {
        await rm(`${dir}/dist`, { recursive: true })
        await symlink('/etc', `${dir}/dist`)
      },
    ],
    ['a file called as if it were above', (dir: string) => writeFile(`${dir}/dist/..\\..\\x`, '')],
    ['a credentials file', (dir: string) => writeFile(`${dir}/dist/.env`, 'TOKEN=1')],
    ['a repository', (dir: string) => mkdir(`${dir}/dist/.git`)],
  ] as const)('%s is refused within seconds', async (_what, plant) => {
    await using dir = await tempDir({ files: { 'dist/index.html': '' } })
    await plant(dir.path)
    await expect(projectFiles(dir.path).tree('dist')).rejects.toMatchObject({ code: 'ARTIFACT_INVALID' })
  })

  test('five thousand names are listed, not taken for an attack', async () => {
    await using dir = await tempDir({ files: { 'dist/index.html': '' } })
    for (let at = 0; at < 5000; at += 1) writeFileSync(dir.file(`dist/f-${at}.js`), '')
    expect(await projectFiles(dir.path).tree('dist')).toHaveLength(5001)
  }, 30_000)
})
