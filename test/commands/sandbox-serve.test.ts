import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { scenarios } from '../../src/sandbox/scenario.ts'
import { launchProject } from '../support/launch-project.ts'

test('serve hosts what it prints until Ctrl-C; others launch in it, and nobody resets it meanwhile', async () => {
  await using project = await launchProject()
  await using serving = project.start(['sandbox', 'serve', '--speed', '2000'])
  await serving.waitFor('Ctrl-C ends it.')

  const site = /production +(http:\/\/127\.0\.0\.1:\d+)/.exec(serving.stdout())?.[1] ?? ''
  const aws = /AWS_ENDPOINT_URL=(http:\/\/127\.0\.0\.1:\d+)/.exec(serving.stdout())?.[1] ?? ''
  expect((await fetch(`${site}/api/health`)).status).toBe(200)
  expect((await fetch(`${aws}/_sandbox/info`)).status).toBe(200)
  const reset = await project.run(['sandbox', 'reset'])
  const second = await project.run(['sandbox', 'serve'])
  const signed = await project.run(['approve', 'qa-lead', '--sandbox'])
  const status = await project.run(['status', '--sandbox'])
  serving.kill('SIGINT')
  const ended = await serving.done

  for (const refused of [reset, second]) {
    expect(refused.exitCode).toBe(7)
    expect(refused.stderr).toContain(`process ${serving.pid} runs the sandbox of this folder`)
  }
  expect(signed.exitCode).toBe(0)
  expect(status.exitCode).toBe(0)
  expect(ended).toMatchObject({ exitCode: 0, signal: null })
  await expect(fetch(site)).rejects.toThrow(/fetch failed/)
})

test('with --jsonl nothing but JSON lines is on stdout, from the first to the last', async () => {
  await using project = await launchProject()
  await using serving = project.start(['sandbox', 'serve', '--jsonl'])
  await serving.waitFor('"serving"')
  const status = await project.run(['sandbox', 'scenarios', '--jsonl'])
  serving.kill('SIGINT')

  const { stdout, exitCode } = await serving.done
  expect(exitCode).toBe(0)
  expect(stdout.trimEnd().split('\n').map(typeOf)).toEqual(['serving'])
  // A command without events has its document in one line.
  expect(JSON.parse(status.stdout)).toMatchObject({ schema: 1, command: 'sandbox scenarios', outcome: 'succeeded' })
  expect(status.stdout.match(/\n/g)).toHaveLength(1)
})

function typeOf(line: string): unknown {
  const { type }: { type?: unknown } = JSON.parse(line)
  return type
}

test('reset removes world and launches, says so, and keeps reports', async () => {
  await using project = await launchProject()
  await project.run(['approve', 'qa-lead', '--sandbox'])
  await project.run(['report', '--sandbox'])
  const folder = join(project.path, '.launch/sandbox')

  const dry = await project.run(['sandbox', 'reset', '--dry-run'])
  expect(dry.stdout).toBe(`dry run: would remove state, world from ${folder}\n`)
  expect(await readdir(folder)).toEqual(['reports', 'state', 'world'])

  const reset = await project.run(['sandbox', 'reset'])
  expect(reset.stdout).toMatch(`removed from ${folder}: state, world\n`)
  expect(await readdir(folder)).toEqual(['reports'])

  const again = await project.run(['sandbox', 'reset'])
  expect(again).toMatchObject({ exitCode: 0, stdout: `nothing to remove in ${folder}\n` })
})

test('scenarios lists every scenario with how a launch ends', async () => {
  await using project = await launchProject()

  const { stdout } = await project.run(['sandbox', 'scenarios'])

  for (const [name, { exit }] of Object.entries(scenarios))
    expect(stdout).toMatch(new RegExp(`\n${name}(?:@N)? +${exit} `))
})

test('a speed that is none is refused', async () => {
  await using project = await launchProject()

  expect(await project.run(['sandbox', 'serve', '--speed', '0'])).toMatchObject({ exitCode: 2 })
})
