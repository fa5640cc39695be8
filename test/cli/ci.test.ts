import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { binPath } from '../support/run-bin.ts'

let project: LaunchProject
let github: { readonly [name: string]: string }
const secrets = { DEPLOY_TOKEN: 'canary%token,7f3a9b' }

beforeAll(async () => {
  project = await launchProject()
  github = {
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: join(project.path, '..'),
    GITHUB_STEP_SUMMARY: join(project.path, 'summary.md'),
    GITHUB_OUTPUT: join(project.path, 'outputs'),
    ...secrets,
  }
})
beforeEach(async () => {
  for (const file of ['summary.md', 'outputs']) await writeFile(join(project.path, file), '')
})
afterAll(() => project[Symbol.asyncDispose]())

const commandsIn = (text: string) => text.split('\n').filter((line) => line.startsWith('::'))
const written = (file: string) => readFile(join(project.path, file), 'utf8')

test('on GitHub a launch has groups, annotations, a summary and outputs, and stdout holds its result alone', async () => {
  const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--json', '--junit', 'gates.xml'], {
    env: github,
  })

  expect(ran.exitCode, ran.stderr).toBe(4)
  const { launch, exitCode }: { readonly launch: string; readonly exitCode: number } = JSON.parse(ran.stdout)
  expect(exitCode).toBe(4)
  const [mask, ...commands] = commandsIn(ran.stderr)
  // The runner takes this line out of the log, and every later sight of the value.
  expect(mask).toBe('::add-mask::canary%25token,7f3a9b')
  expect(commands.slice(0, 2)).toEqual(['::group::Fast preconditions', '::endgroup::'])
  const errors = commands.filter((line) => line.startsWith('::error '))
  expect(errors[0]).toMatch(/^::error title=launch%3A rolled-back::/)
  const line = (await project.sheet()).split('\n').findIndex((text) => text.includes('id: error-rate')) + 1
  expect(errors[1]).toContain(`::error file=${project.path.split('/').at(-1)}/runsheet.yaml,line=${line},col=`)
  expect(await written('summary.md')).toMatch(/^# StatusBoardV2[\s\S]*Launch Status: \*\*FAILED\*\*/)
  expect(await written('outputs')).toMatch(
    new RegExp(`^outcome=rolled-back\nexit-code=4\nlaunch=${launch}\nreport=\\S+\\.md\n$`),
  )
  expect(await written('gates.xml')).toMatch(/<failure message="14\.\d+% of /)
  const everything = ran.stdout + (await written('summary.md')) + (await written('gates.xml'))
  expect(everything).not.toContain('canary%token')
}, 90_000)

test('what people write is shown on GitHub and not acted on, and a log in a file gets no masks', async () => {
  const text = '##[add-path]/tmp ::add-mask::x'
  const raised = await project.run(['uat', 'block', text, '--severity', 'minor', '--sandbox', '--json'], {
    env: github,
  })
  const status = await project.run(['uat', 'status', '--sandbox'], { env: github })
  const log = join(project.path, 'log')

  expect(raised.stdout).toContain(String.raw`##\u005badd-path`)
  expect(JSON.parse(raised.stdout)).toMatchObject({ blocker: { text } })
  expect(status.stdout.replaceAll('\u200B', '')).toContain(text)
  expect(`${raised.stdout}${status.stdout}`).not.toMatch(/##\[|^\s*::/m)
  spawnSync('bash', ['-c', `exec node "$0" validate --sandbox 2> "$1"`, binPath, log], {
    cwd: project.path,
    env: { PATH: process.env['PATH'], HOME: project.path, ...github, LAUNCH_KEEP: '1' },
    stdio: 'ignore',
  })
  expect(await readFile(log, 'utf8')).not.toContain('canary')
}, 90_000)

test('an error in the run sheet is annotated at its line', async () => {
  const wrong = (await project.sheet()).replace('below: 800ms', 'below: 800')
  await project.write('wrong.yaml', wrong)
  const ran = await project.run(['plan', '--runsheet', 'wrong.yaml'], { env: github })

  expect(ran.exitCode).toBe(2)
  const line = wrong.split('\n').findIndex((text) => text.includes('below: 800 ')) + 1
  expect(commandsIn(ran.stderr)).toEqual([expect.stringContaining(`/wrong.yaml,line=${line},col=`)])
  expect(ran.stdout).toBe('')
})
