import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { s3Client } from '../../src/aws/s3.ts'
import { bucketSite } from './bucket-site.ts'
import { inS3, stage, type Stage } from './kill-runs.ts'
import { emulated, type Moto } from './moto.ts'
import { runBin, startBin, type BinResult } from './run-bin.ts'
import { flagOf, putsOf } from './sandbox-files.ts'
import { tempDir } from './temp-dir.ts'

const who = 'night-shift'
const why = 'support sees empty boards'
const environment = { LAUNCH_ACTOR: who }
const rollback = ['rollback', 'emergency', '--reason', why, '--json']
const saysWho = new RegExp(`rolled back by ${who}.*: ${why}|latched off (?:at|since) \\S+Z by ${who}: ${why}`)

/** What a race came to: who was first, and what was wrong with it. */
export type Race = { readonly launchEnds: number | null; readonly wrong: readonly string[] }

/** How long a launch takes that nobody disturbs: the moments of a race are shares of it. */
export async function undisturbedMs(): Promise<number> {
  await using world = await stage()
  const ran = await world.project.run(['auto', ...inS3, '--quiet'], world.options)
  if (ran.exitCode !== 0) throw new Error(ran.stderr.slice(-1500))
  return ran.ms
}

/** `launch auto` in the sandbox against an emergency rollback that somebody else starts after `afterMs`. */
export async function raceInSandbox(afterMs: number): Promise<Race> {
  await using world = await stage()
  const { project, options } = world
  await using launch = project.start(['auto', ...inS3], options)
  await pause(afterMs)
  const off = await project.run([...rollback, ...inS3], { ...options, env: { ...options.env, ...environment } })
  const wrong = rollbackFaults(off)
  const atReturn = (await putsOf(project.path)).length
  const ended = await launch.done
  const before = await flagPercents(world, 0, atReturn)
  const percents = await flagPercents(world, atReturn)
  if (percents.some((percent) => percent > 0)) wrong.push(`raised to ${percents.join()} % after the rollback returned`)
  const { launch: flag } = (await flagOf(project.path)) ?? {}
  if (flag?.percent !== 0 || !flag.latch) wrong.push(`the flag is at ${flag?.percent} %`)
  const began = before.some((percent) => percent > 0)
  return { launchEnds: ended.exitCode, wrong: [...wrong, ...loserFaults(ended, began)] }
}

/** What the flag was set to by some of the writes. */
async function flagPercents({ project }: Stage, from: number, to?: number): Promise<readonly number[]> {
  const writes = (await putsOf(project.path)).slice(from, to).filter(({ key }) => key === 'flags/status-board-v2.json')
  // flagOf parses the last of them; all are written by the same function.
  const read = async (one: (typeof writes)[number]) => JSON.parse(String(await one.read())) as Document
  return (await Promise.all(writes.map(read))).map((document) => document.launch.percent)
}

type Document = { readonly launch: { readonly percent: number; readonly latch: boolean } }

function rollbackFaults({ exitCode, stdout, stderr }: BinResult): string[] {
  return exitCode === 0 ? [] : [`the rollback ends with ${exitCode}: ${stderr.slice(-600)} ${stdout.slice(-300)}`]
}

/** 4, or 7 when it had not begun, and a sentence that says who, why and when; 0 when it was over before. */
function loserFaults({ exitCode, stderr, stdout }: BinResult, began: boolean): readonly string[] {
  const text = `${stderr} ${stdout}`.replaceAll(/\s+/g, ' ')
  if (exitCode === 0) return text.includes('succeeded') ? [] : [`ends with 0: ${stderr.slice(-900)}`]
  if (exitCode !== 4 && exitCode !== 7) return [`the launch ends with ${exitCode}: ${stderr.slice(-900)}`]
  return [
    ...(exitCode === 7 && began ? ['users had seen it, and it ends with 7'] : []),
    ...(saysWho.test(text) ? [] : [`does not say who and why: ${stdout.slice(-900)}`]),
    ...(/\d{2}:\d{2}/.test(text) ? [] : ['does not say when']),
  ]
}

export type MotoWorld = AsyncDisposable & { race(afterMs: number): Promise<Race> }

/** The same against moto, an S3 of other people: real time, a launch with nothing to wait for but its stages. */
export async function motoWorld(moto: Moto): Promise<MotoWorld> {
  const s3 = s3Client(emulated(moto.endpoint))
  await s3.send(new CreateBucketCommand({ Bucket: 'race-launches' }))
  let races = 0
  return {
    race: async (afterMs) => {
      races += 1
      return raceOnMoto(s3, moto.endpoint, `race-${races}`, afterMs)
    },
    [Symbol.asyncDispose]: async () => s3.destroy(),
  }
}

async function raceOnMoto(s3: S3Client, endpoint: string, bucket: string, afterMs: number): Promise<Race> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }))
  const page = { Bucket: bucket, Key: 'index.html', Body: '<title>before</title>', ContentType: 'text/html' }
  await s3.send(new PutObjectCommand(page))
  await using site = await bucketSite(s3, bucket)
  await using dir = await tempDir({
    files: {
      'runsheet.yaml': sheetOf(bucket, site.url),
      '.gitignore': '.launch/\nsite/\n',
      'build.mjs':
        "import { mkdirSync, writeFileSync } from 'node:fs'\nmkdirSync('site', { recursive: true })\nwriteFileSync('site/index.html', '<title>after</title>')\n",
    },
  })
  await committed(dir.path)
  const env = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'testing',
    LAUNCH_ALLOW_ENDPOINT: '1',
  }
  const options = { cwd: dir.path, env, timeoutMs: 120_000 }
  await using launch = startBin(['auto', '--yes'], options)
  await pause(afterMs)
  const off = await runBin(rollback, { ...options, env: { ...env, ...environment } })
  const wrong = rollbackFaults(off)
  const [atReturn, seen] = [await documentIn(s3, bucket), [] as number[]]
  let isOver = false
  const watching = (async () => {
    for (; !isOver; await pause(50)) seen.push((await documentIn(s3, bucket)).launch.percent)
  })()
  const ended = await launch.done
  isOver = true
  await watching
  seen.push((await documentIn(s3, bucket)).launch.percent)
  if (!atReturn.launch.latch) wrong.push('not latched when the rollback returned')
  if (seen.some((percent) => percent > 0)) wrong.push(`raised after the rollback returned: ${seen.join()}`)
  return { launchEnds: ended.exitCode, wrong: [...wrong, ...loserFaults(ended, false)] }
}

async function committed(cwd: string): Promise<void> {
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=release/1']
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['commit', '-qm', 'board'],
  ])
    await promisify(execFile)('git', [...who, ...args], { cwd })
}

async function documentIn(s3: S3Client, Bucket: string): Promise<Document> {
  const found = await s3.send(new GetObjectCommand({ Bucket, Key: 'flags/board.json' }))
  // Written by launch, and by nothing else, into a bucket of this race alone.
  return JSON.parse((await found.Body?.transformToString()) ?? '') as Document
}

function sheetOf(bucket: string, url: string): string {
  return `runsheet: 1
app: board
state: s3://race-launches/${bucket}
environments:
  production: { region: us-east-1, bucket: ${bucket}, url: "${url}", health: [/api/health] }
build: { run: [node, build.mjs], output: site, idempotent: true }
flag: { key: new-board, store: { kind: s3, path: /flags/board.json, ttl: 1s } }
gates:
  canary: [{ kind: http, health: true }]
phases:
  - id: rollout
    run:
      - build
      - deploy: production
      - canary: { stages: [10%, 20%, 30%, 50%, 75%, 100%], bake: 1s, every: 1s, gate: canary }
`
}
