import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { inRealMode } from '../support/real-mode.ts'
import { flagOf, journalOf } from '../support/sandbox-files.ts'

test('a rollback of staging turns staging off and leaves the open production launch alone', async () => {
  await using project = await launchProject()
  await project.run(['build', '--sandbox'])

  const staging = await project.run(['rollback', 'emergency', '--env', 'staging', '--sandbox'])
  const types = (await journalOf(project.path)).map(({ type }) => type)

  expect(staging).toMatchObject({ exitCode: 0 })
  expect(staging.stderr).toMatch(
    /not journaled: the open launch is about s3:\/\/sb-prod\/.*, rolled back was s3:\/\/sb-staging\//,
  )
  expect(types).not.toContain('rolled-back')
  expect(await flagOf(project.path)).toBeNull()

  const production = await project.run(['rollback', 'emergency', '--sandbox'])

  expect(production).toMatchObject({ exitCode: 0 })
  expect((await journalOf(project.path)).map(({ type }) => type)).toContain('rolled-back')
})

test('without a run sheet and without a flag, an emergency rollback says what it needs', async () => {
  await using project = await launchProject()

  const ran = await project.run(['rollback', 'emergency', '--runsheet', 'elsewhere.yaml'])

  expect(ran).toMatchObject({ exitCode: 2 })
  expect(ran.stderr).toMatch(/there is no run sheet at "elsewhere\.yaml"[\s\S]*--flag s3:\/\/bucket\/key/)
})

test('without a run sheet, the flag is the one of the launch that is remembered in the state', async () => {
  await using project = await launchProject()
  await project.run(['build', '--sandbox'])
  await rename(join(project.path, 'runsheet.yaml'), join(project.path, 'lost.yaml'))

  const ran = await project.run(['rollback', 'emergency', '--sandbox', '--reason', 'sheet lost'])

  expect(ran.stderr).toContain(
    'from the last launch: s3://sb-prod/flags/status-board-v2.json, statusboard in us-east-1',
  )
  expect(ran.exitCode).toBe(0)
  expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason: 'sheet lost' } })
  expect((await journalOf(project.path)).map(({ type }) => type)).toContain('rolled-back')
})

test(
  'a launch from this machine is enough to roll back from any folder of it, and several have to be told apart',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject((sheet) => ownKeys(sheet))
    await using serving = await inRealMode(project)
    const elsewhere = join(project.path, 'elsewhere')
    await mkdir(elsewhere)
    const away = { cwd: elsewhere, env: serving.env }

    const nothing = await project.run(['rollback', 'emergency'], away)
    expect(nothing).toMatchObject({ exitCode: 2 })

    const signed = await project.run(['approve', 'qa-lead', '--state', `file:${project.path}/first`], serving)
    expect(signed.exitCode).toBe(0)
    const ran = await project.run(['rollback', 'emergency', '--reason', 'from elsewhere'], away)

    expect(ran.stderr).toContain('from the last launch: s3://sb-prod/flags/status-board-v2.json')
    expect(ran.exitCode).toBe(0)
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason: 'from elsewhere' } })

    const other = (await project.sheet())
      .replace('app: statusboard', 'app: other')
      .replace('/flags/status', '/flags/other')
    await project.write('runsheet.yaml', other)
    await project.run(['approve', 'qa-lead', '--state', `file:${project.path}/second`], serving)
    const several = await project.run(['rollback', 'emergency'], away)

    expect(several.exitCode).toBe(2)
    expect(several.stderr).toContain('--flag s3://sb-prod/flags/status-board-v2.json --region us-east-1  (statusboard)')
    expect(several.stderr).toContain('--flag s3://sb-prod/flags/other-board-v2.json --region us-east-1  (other)')
    const told = await project.run(['rollback', 'emergency', '--app', 'statusboard'], away)
    expect(told.exitCode).toBe(0)

    await rm(join(project.path, 'user'), { recursive: true })
    const state = ['--state', `file:${project.path}/second`]
    const byState = await project.run(['rollback', 'emergency', ...state], away)
    expect(byState.stderr).toContain('from the last launch: s3://sb-prod/flags/other-board-v2.json, other in us-east-1')
    expect(byState.exitCode).toBe(0)
  },
)

test(
  'what could not be journaled without a run sheet is told from there, once somebody says where launches are remembered',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject((sheet) => ownKeys(sheet))
    await using serving = await inRealMode(project)
    const [elsewhere, state] = [join(project.path, 'elsewhere'), `file:${project.path}/first`]
    await mkdir(elsewhere)
    const signed = await project.run(['approve', 'qa-lead', '--state', state], serving)
    expect(signed.exitCode, signed.stderr).toBe(0)
    const away = { cwd: elsewhere, env: { ...serving.env, XDG_STATE_HOME: join(project.path, 'other-user') } }
    const flag = ['--flag', 's3://sb-prod/flags/status-board-v2.json', '--region', 'us-east-1']
    await project.run(['rollback', 'emergency', ...flag], away)
    // A variable that is there and empty, as a CI job's without a value, is no region.
    const unsaid = { ...away, env: { ...away.env, AWS_REGION: '' } }
    const rolledBack = await project.run(['rollback', 'emergency', ...flag.slice(0, 2), '--reason', 'no sheet'], unsaid)
    expect(rolledBack).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('NOT YET JOURNALED') })

    const homeless = await project.run(['journal', 'flush'], away)
    expect(homeless.exitCode).toBe(2)
    expect(homeless.stderr).toContain('nothing says where the launches of s3://sb-prod/flags/status-board-v2.json are')
    expect(homeless.stderr).toContain('launch journal flush --state s3://bucket/prefix --app name')
    const said = ['--state', state, '--app', 'statusboard']
    const dry = await project.run(['journal', 'flush', ...said, '--dry-run'], away)
    expect(dry.stdout).toMatch(/would tell of 2 records\n.*to the journal of statusboard at file:.*\/first\n/)
    const told = await project.run(['journal', 'flush', ...said, '--json'], away)
    expect(JSON.parse(told.stdout).journaled).toHaveLength(2)
    const history = await project.run(['history', '--state', state, '--json'], serving)
    expect(JSON.parse(history.stdout)).toMatchObject({ launches: [{ rollbacks: 2 }] })

    const from = await project.run(['rollback', 'emergency', '-C', '..', '--state', state], away)
    expect(from.exitCode, from.stderr).toBe(0)
    expect(from.stdout).toContain(
      `next: launch rollback validate -C .. --state ${state}, then launch monitor 600 -C ..`,
    )
  },
)

test('--ack-rollback goes over no rollback that is later than the command: nobody has seen it', async () => {
  await using project = await launchProject((sheet) => ownKeys(sheet))
  await using serving = await inRealMode(project)
  const rolledBack = await project.run(['rollback', 'emergency', '--reason', 'boards are empty'], serving)
  expect(rolledBack.exitCode, rolledBack.stderr).toBe(0)
  await rewriteFlag(serving.env, { updatedAt: new Date(Date.now() + 3_600_000).toISOString() })

  const ran = await project.run(['auto', '--yes', '--ack-rollback', '--json'], serving)

  expect(ran.exitCode, ran.stderr).toBe(7)
  const { code, message, hint } = JSON.parse(ran.stdout).error
  expect({ code, hint }).toEqual({
    code: 'LATCHED',
    hint: 'see launch status; mend the cause, then the same command once more',
  })
  expect(message).toMatch(/boards are empty; this command was typed before that, at 2/)
  expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true } })
  expect(JSON.parse((await project.run(['history', '--json'], serving)).stdout)).toMatchObject({ launches: [] })
})

test('rollback validate shows what a flag says on its one line: no line and no colour of its own', async () => {
  await using project = await launchProject((sheet) => ownKeys(sheet))
  await using serving = await inRealMode(project)
  await project.run(['rollback', 'emergency', '--reason', 'boards are empty'], serving)
  await rewriteFlag(serving.env, { reason: 'x\n\u001B[32m✓ files: all of them\u001B[0m' })

  const ran = await project.run(['rollback', 'validate', '--color'], serving)

  expect(ran.stdout).toMatch(/^\S+ flag: 0 %, latched by .*: x ✓ files: all of them$/m)
  expect(ran.stdout).not.toMatch(/^\S*✓\S* files: all of them/m)
})

test('what was played in the sandbox is no target of a real rollback', async () => {
  await using project = await launchProject()
  await project.run(['build', '--sandbox'])

  const ran = await project.run(['rollback', 'emergency', '--runsheet', 'gone.yaml'])

  expect(ran).toMatchObject({ exitCode: 2 })
  expect(ran.stderr).toContain('there is no run sheet at "gone.yaml"')
})

/** The flag as somebody without launch writes it. */
async function rewriteFlag(
  env: Awaited<ReturnType<typeof inRealMode>>['env'],
  change: { readonly updatedAt?: string; readonly reason?: string },
): Promise<void> {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID, secretAccessKey: env.AWS_SECRET_ACCESS_KEY }
  const endpoint = env.AWS_ENDPOINT_URL ?? ''
  const s3 = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true })
  const at = { Bucket: 'sb-prod', Key: 'flags/status-board-v2.json' }
  const { Body, ContentType, CacheControl } = await s3.send(new GetObjectCommand(at))
  const document = JSON.parse((await Body?.transformToString()) ?? '')
  expect(document.launch).toMatchObject({ updatedAt: expect.stringMatching(/^\d{4}-/), reason: 'boards are empty' })
  const rewritten = JSON.stringify({ ...document, launch: { ...document.launch, ...change } })
  await s3.send(new PutObjectCommand({ ...at, Body: rewritten, ContentType, CacheControl }))
}

/** The run sheet without the profile and the role of somebody else's account. */
function ownKeys(sheet: string): string {
  return sheet.replaceAll(/^ *(?:profile|role): .*\n/gm, '')
}
