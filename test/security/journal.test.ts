import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import { scrubbedLog, publishedFlag } from '../../src/compose/scrubbed.ts'
import { secretScrubber } from '../../src/host/secrets.ts'
import { eventLog } from '../../src/journal/events.ts'
import { layout } from '../../src/journal/layout.ts'
import { ulidRandom } from '../../src/host/random.ts'
import { systemClock } from '../../src/host/clock.ts'
import { hostileText } from '../support/hostile.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { launchWorld } from '../support/launch-world.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'
import { chained, flagOf } from '../support/sandbox-files.ts'

describe('a journal that somebody edits', () => {
  let project: LaunchProject
  let folder: string
  const launch = (...args: readonly string[]) => project.run([...args, '--sandbox'])
  const eventFiles = async () => (await readdir(folder)).filter((name) => /^\d{8}\.json$/.test(name)).toSorted()

  beforeAll(async () => {
    project = await launchProject()
    await launch('build')
    await launch('note', 'all is well')
    const root = join(project.path, '.launch/sandbox/state/v1/statusboard/production/launches')
    const [id = ''] = await readdir(root)
    folder = join(root, id, 'events')
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())

  const tampering: readonly (readonly [string, (line: string) => string])[] = [
    ['one word changed', (line) => line.replace(/"(?:host|name)":"[^"]*/, '"host":"mallory')],
    ['a number changed', (line) => line.replace(/"at":\d/, '"at":9')],
    ['a space added', (line) => `${line.trimEnd()} \n`],
    ['a key added', (line) => line.replace(/\}\n?$/, ',"waived":true}\n')],
    ['nothing left', () => ''],
    ['another event in its place', (line) => line.replace(/"n":\d+/, '"n":99')],
  ]

  test.each(tampering)('is refused by whatever would go on with it: %s', async (_what, change) => {
    const [, second = ''] = await eventFiles()
    const path = join(folder, second)
    const honest = await readFile(path, 'utf8')
    await writeFile(path, change(honest))
    const ran = await launch('canary', 'start', '--json')
    await writeFile(path, honest)
    expect({ exitCode: ran.exitCode, code: JSON.parse(ran.stdout).error.code }).toEqual({
      exitCode: 5,
      code: 'JOURNAL_CORRUPT',
    })
  })

  test('does not stand in the way of an emergency rollback', async () => {
    const [first = ''] = await eventFiles()
    const path = join(folder, first)
    const honest = await readFile(path, 'utf8')
    await writeFile(path, 'not even JSON')
    const ran = await launch('rollback', 'emergency', '--reason', 'whatever the journal says')
    await writeFile(path, honest)
    expect(ran.exitCode).toBe(0)
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true } })
  })

  test('is believed again once it is as it was', async () => {
    expect((await launch('status', '--json')).exitCode).toBe(0)
  })
})

describe('what somebody writes into a journal', () => {
  test('is one event on one line, whatever it is made of, and stays what it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileText, { minLength: 1, maxLength: 5 }), async (texts) => {
        const store = memoryStateStore()
        const paths = layout('app', 'production')
        const id = launchId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
        const clock = systemClock()
        const actor = { name: texts.join(' '), host: 'h', run: null }
        const log = eventLog(id, paths, { store, clock, random: ulidRandom(clock), actor })
        for (const text of texts) await log.append({ type: 'noted', text }, never)
        const lines = await Promise.all(
          texts.map(async (_, at) => (await store.get(paths.event(id, at + 1), never))?.body ?? ''),
        )
        for (const line of lines) expect(line.indexOf('\n')).toBe(line.length - 1)
        // Read by code that knows nothing of launch.
        expect(chained(lines).map((event) => event['text'])).toEqual(texts)
      }),
      { numRuns: 100 },
    )
  })

  test('cannot leave the folder of its launch by the name of its application', () => {
    for (const app of ['../../etc', '..', '.', '', 'a/b', 'a\\b', '\u0000', '%2e%2e', 'a\nb']) {
      const { active } = layout(app, 'production')
      expect(active.split('/')).toHaveLength(4)
      expect(active).toMatch(/^v1\/(?!\.{1,2}\/)[A-Za-z0-9._-]+\/production\/active\.json$/)
    }
  })

  test('loses its secrets on the way, and a word that is only called a secret stays where it is a name', async () => {
    const store = memoryStateStore()
    const clock = systemClock()
    const paths = layout('app', 'production')
    const id = launchId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
    const log = scrubbedLog(
      eventLog(id, paths, { store, clock, random: ulidRandom(clock), actor: { name: 'kim', host: 'h', run: null } }),
      secretScrubber({ APP_KEY: 'production', DB_PASSWORD: 'hunter2-hunter2' }),
    )
    await log.append(
      {
        type: 'step-failed',
        step: 'production/deploy',
        attempt: 'a',
        code: 'X',
        message: 'hunter2-hunter2',
        hint: 'AKIACANARY0123456789',
        ms: 1,
      },
      never,
    )
    await log.appendAnyway({ type: 'noted', text: 'hunter2-hunter2' }, never, 'hunter2-hunter2')
    // What was said when a launch was handed over.
    await log.append({ type: 'paused', signal: 'handover Ana: the key is hunter2-hunter2' }, never)
    const lines = await Promise.all(
      [1, 2, 3].map(async (n) => (await store.get(paths.event(id, n), never))?.body ?? ''),
    )
    expect(lines.join('')).not.toMatch(/hunter2|AKIACANARY/)
    const [failed] = chained(lines)
    expect(failed).toMatchObject({ step: 'production/deploy', message: '***' })
    // What is remembered of its own writing is what is stored: the next event carries its hash.
    expect(await log.read(never)).toHaveLength(3)
  })
})

describe('the flag document, which every browser reads', () => {
  test('holds one short line of what people wrote, without secrets', async () => {
    const world = await launchWorld()
    const store = world.ports().flag('production')
    const flag = publishedFlag(store, secretScrubber({ TOKEN: 'hunter2-hunter2' }))
    const reason = `hunter2-hunter2\n<script>alert(1)</script>\u001B[2J ${'x'.repeat(10_000)}`
    await flag.forceOff(
      {
        key: 'new-board',
        percent: 0,
        serial: 1,
        writeId: 'w',
        latched: true,
        acks: [],
        launch: null,
        updatedAt: world.ports().clock.now(),
        updatedBy: 'kim\n',
        reason,
      },
      never,
    )
    const reading = await store.read(never)
    const written = reading.status === 'present' ? reading.flag : null
    expect(written?.reason).toMatch(/^\*\*\* <script>alert\(1\)<\/script> x+$/)
    expect(written?.reason.length).toBeLessThanOrEqual(300)
    expect(written?.updatedBy).toBe('kim')
  })
})

test('the hash of an event is the SHA-256 of the line before, as any tool can recompute it', async () => {
  const store = memoryStateStore()
  const clock = systemClock()
  const paths = layout('app', 'production')
  const id = launchId('01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const log = eventLog(id, paths, {
    store,
    clock,
    random: ulidRandom(clock),
    actor: { name: 'k', host: 'h', run: null },
  })
  for (const text of ['one', 'two']) await log.append({ type: 'noted', text }, never)
  const [first = '', second = ''] = await Promise.all(
    [1, 2].map(async (n) => (await store.get(paths.event(id, n), never))?.body ?? ''),
  )
  expect(JSON.parse(second).prev).toBe(createHash('sha256').update(first).digest('hex'))
})
