import { cp, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { noServices } from '../support/no-services.ts'
import { edited } from '../support/document-store-over.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { never } from '../support/real-time.ts'
import { tempDir } from '../support/temp-dir.ts'
import { flagAt, flagStoreContract } from '../contract/flag-store.contract.ts'
import { keyed } from '../fixtures/sixth-store.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

flagStoreContract('a sixth store', async () => {
  const versions = memoryStateStore()
  const spoil = async (text: string) => {
    const there = await versions.get('board', never)
    await versions.swap('board', text, there?.version ?? null, never)
  }
  const none = () => {
    throw new Error('unused')
  }
  const ports = { ...noServices, versions, objects: none, http: { get: none }, siteUrl: '', files: memoryFiles({}) }
  return {
    open: () => keyed.open(keyed.schema.parse({ kind: 'keyed', key: 'board' }), 'board', ports),
    spoil,
    edit: async () => spoil(edited((await versions.get('board', never))?.body ?? '')),
    troubled: () => null,
  }
})

test('a store is added by one file and one line of the registry: schema, reference, run sheet and rollback know it', async () => {
  await using copy = await tempDir()
  for (const part of ['src', 'scripts', 'package.json', 'tsconfig.json'])
    await cp(join(root, part), copy.file(part), { recursive: true })
  await symlink(join(root, 'node_modules'), copy.file('node_modules'))
  const file = await readFile(join(root, 'test/fixtures/sixth-store.ts'), 'utf8')
  await writeFile(
    copy.file('src/flags/keyed.ts'),
    file.replaceAll('../../src/core/', '../core/').replaceAll('../../src/flags/', './'),
  )
  const registry = copy.file('src/flags/registry.ts')
  const text = await readFile(registry, 'utf8')
  await writeFile(
    registry,
    `import { keyed } from './keyed.ts'\n${text.replace('[s3, file, ssm,', '[s3, keyed, file, ssm,')}`,
  )
  await writeFile(
    copy.file('ask.ts'),
    `import { pages } from './scripts/docs.ts'
import { runsheetJsonSchema } from './src/runsheet/json-schema.ts'
import { FlagStoreSpec } from './src/flags/registry.ts'
import { emergencyStore } from './src/compose/emergency-store.ts'
const { signal } = new AbortController()
// What \`rollback emergency\` opens; this store uses none of the rest.
const opened = emergencyStore({ store: { kind: 'keyed', key: 'board' }, flagKey: 'board', environment: 'production', root: process.cwd(), env: {}, siteUrl: '', playedIn: null } as never)
await opened.forceOff(${JSON.stringify(flagAt(50, { writeId: 'latch' }))} as never, signal)
process.stdout.write(JSON.stringify({
  page: pages['docs/flags.md']().includes('## keyed'),
  schema: JSON.stringify(runsheetJsonSchema()).includes('"keyed"'),
  good: FlagStoreSpec.safeParse({ kind: 'keyed', key: 'board' }).success,
  rolledBack: await opened.read(signal),
  bad: FlagStoreSpec.safeParse({ kind: 'keyed', key: 'Board' }).success,
}))`,
  )
  const build = join(root, 'node_modules/.bin/esbuild')
  const run = promisify(execFile)
  await run(
    build,
    [
      'ask.ts',
      '--bundle',
      '--platform=node',
      '--target=node20',
      '--format=esm',
      '--outfile=ask.mjs',
      '--log-level=error',
      '--packages=external',
    ],
    { cwd: copy.path },
  )
  const { stdout } = await run(process.execPath, ['ask.mjs'], { cwd: copy.path })

  expect(JSON.parse(stdout)).toEqual({
    page: true,
    schema: true,
    good: true,
    bad: false,
    rolledBack: {
      status: 'present',
      version: 'generation-0',
      flag: { ...flagAt(50, { writeId: 'latch' }), percent: 0, latched: true },
    },
  })
})
