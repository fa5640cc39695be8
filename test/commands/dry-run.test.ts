import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commands } from '../../src/commands/registry.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import type { RunningBin } from '../support/run-bin.ts'
import { holdClock } from '../support/sandbox-clock.ts'
import { bucketOf } from '../support/sandbox-files.ts'

/** How a command takes `--dry-run`, where a canary is at 30 % and a record waits for its journal. */
type Row = {
  readonly args?: readonly string[]
  /** `says`: what it would do. `looks`: it changes nothing anyway. `follows`: so it does, for as long as the canary lasts. */
  readonly does: 'says' | 'looks' | 'follows' | 'refuses'
  /** What it says, where that is not `would …`, and its exit code where that is not 0. */
  readonly said?: RegExp
  readonly exitCode?: number
}

const plan = /nothing was done/
const rows: { readonly [command: string]: Row } = {
  interactive: { does: 'says', said: plan },
  auto: { args: ['--new', '--yes'], does: 'says', said: plan },
  validate: { does: 'says', said: plan },
  build: { args: ['--rebuild'], does: 'says', said: plan },
  deploy: { args: ['--yes'], does: 'says', said: plan },
  'canary start': { args: ['--yes'], does: 'says', said: plan },
  resume: { args: ['--yes'], does: 'says', said: plan },
  retry: { args: ['--yes'], does: 'says', said: /was not rolled back/, exitCode: 2 },
  monitor: { does: 'follows' },
  'canary watch': { does: 'follows' },
  'canary pause': { does: 'says', said: /^dry run: would ask .* to hold the canary at 30 %/ },
  'canary resume': { does: 'says', said: /^dry run: would ask .* to go on/ },
  'canary promote': { does: 'says', said: /^dry run: would ask .* to leave the stage/ },
  'canary abort': { does: 'says', said: /^dry run: would ask .* to roll the canary back/ },
  'rollback emergency': {
    args: ['--reason', 'a drill'],
    does: 'says',
    said: /would turn status-board-v2 off .*s3:\/\/sb-prod\/flags\/status-board-v2\.json\n +now at 30 %\n +then tell the journal of statusboard/,
  },
  'rollback full': {
    does: 'says',
    said: /now at 30 %\n +then serve the 4 files of [\w-]+ again .*, in place of r-\w+\n/,
  },
  'rollback validate': { does: 'looks', exitCode: 3 },
  reap: { does: 'says', said: /was last driven at/ },
  'journal flush': { does: 'says', said: /would tell of 1 record\n.*to the journal of statusboard at file:/ },
  status: { does: 'looks' },
  plan: { does: 'looks' },
  explain: { does: 'looks' },
  backtest: { does: 'looks' },
  'canary status': { does: 'looks' },
  'flag show': { does: 'looks' },
  'flag watch': { does: 'looks' },
  'flag probe': { args: ['--user', 'u'], does: 'looks' },
  'flag simulate': { does: 'looks' },
  'uat status': { does: 'looks' },
  'uat report': { does: 'looks' },
  history: { does: 'looks' },
  dashboard: { does: 'refuses' },
  'releases list': { does: 'looks' },
  'releases show': { does: 'looks' },
  report: { args: ['-o', 'report.md'], does: 'says' },
  approve: { args: ['qa-lead'], does: 'says' },
  go: { does: 'says' },
  'no-go': { does: 'says' },
  'uat block': { args: ['a typo'], does: 'says' },
  'uat unblock': { args: ['1'], does: 'says' },
  waive: { args: ['verification/flow-drawer', '--reason', 'by hand'], does: 'says' },
  resolve: { args: ['build', '--did-run'], does: 'says', said: /waits for nobody/, exitCode: 3 },
  note: { args: ['a lesson'], does: 'says' },
  issue: { args: ['a bug', '--severity', 'P3'], does: 'says' },
  archive: { does: 'says' },
  'releases prune': { args: ['--yes'], does: 'says' },
  init: { args: ['--force'], does: 'says' },
  doctor: { does: 'looks' },
  schema: { does: 'looks' },
  completion: { args: ['bash'], does: 'looks' },
  'iam print': { does: 'looks' },
  'notify test': { does: 'says' },
  'sandbox serve': { does: 'refuses' },
  'sandbox reset': { does: 'says', said: /runs the sandbox/, exitCode: 7 },
  'sandbox scenarios': { does: 'looks' },
}

test('it is known of every command what it does with --dry-run', () => {
  expect(Object.keys(rows).toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
})

describe('while a canary is at 30 %', () => {
  let project: LaunchProject
  let canary: RunningBin
  let before: unknown
  beforeAll(async () => {
    project = await launchProject()
    canary = project.start(['auto', '--sandbox'], { timeoutMs: 300_000 })
    // The window opens 45 minutes in, the stage at 30 % lasts from 57 to 69.
    await (await holdClock(project.path, '61m')).reached()
    await project.run(['uat', 'block', 'the title is cut off', '--severity', 'minor', '--sandbox'])
    // Its journal is away: the record waits.
    const away = ['--state', 'file:package.json/state']
    await project.run(['rollback', 'emergency', '--env', 'staging', '--sandbox', ...away])
    before = await everything(project.path)
  }, 120_000)
  afterAll(async () => {
    await canary[Symbol.asyncDispose]()
    await project[Symbol.asyncDispose]()
  })

  test.for(Object.entries(rows).filter(([, { does }]) => does !== 'follows'))(
    'launch %s --dry-run changes nothing',
    { concurrent: true },
    async ([command, { args = [], does, said, exitCode }], { expect }) => {
      const ran = await project.run([...command.split(' '), ...args, '--dry-run', '--sandbox', '--no-input'])

      const refuses = does === 'refuses'
      const text = ran.stdout + ran.stderr
      expect(ran.exitCode, text).toBe(exitCode ?? (refuses ? 2 : 0))
      if (does !== 'looks')
        expect(text).toMatch(refuses ? /has nothing to try dry/ : (said ?? /^dry run: would |\ndry run: would /))
      expect(await everything(project.path)).toEqual(before)
    },
  )
})

test.for(['canary pause', 'rollback emergency', 'rollback full', 'retry', 'releases prune', 'releases list'])(
  'launch %s --dry-run makes no sandbox to look at',
  { concurrent: true },
  async (command, { expect }) => {
    await using project = await launchProject()
    const before = await everyFile(project.path)
    const ran = await project.run([...command.split(' '), '--dry-run', '--sandbox'])

    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no sandbox') as string })
    expect(await everyFile(project.path)).toEqual(before)
  },
)

/** Every file of the project but what the clock of its world keeps, and every object in the buckets. */
async function everything(folder: string) {
  const files = Object.entries(await everyFile(folder)).filter(([path]) => !path.startsWith('.launch/sandbox/world/'))
  const buckets = ['sb-prod', 'sb-staging', 'statusboard-launches'].map((name) => bucketOf(folder, name))
  return { files, buckets: await Promise.all(buckets) }
}

/** Path → hash. */
async function everyFile(folder: string): Promise<{ readonly [path: string]: string }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : [])).toSorted()
  const hashes = paths.map(async (path) => [relative(folder, path), await hashOf(path)] as const)
  return Object.fromEntries(await Promise.all(hashes))
}

async function hashOf(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}
