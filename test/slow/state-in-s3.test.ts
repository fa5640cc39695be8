import { expect, test } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { launchProject } from '../support/launch-project.ts'
import { bucketOf, chained, flagOf, objectOf } from '../support/sandbox-files.ts'

test('a launch can be remembered in S3, where any machine finds it', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  const state = ['--state', 's3://statusboard-launches/x']
  const ran = await project.run(['auto', '--sandbox', '--json', ...state])
  expect(ran.exitCode, ran.stderr.slice(-2000)).toBe(0)
  const { launch } = RunEnvelope.parse(JSON.parse(ran.stdout))
  expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, launch })

  const keys = [...(await bucketOf(project.path, 'statusboard-launches')).keys()].toSorted()
  expect(keys.every((key) => key.startsWith('x/v1/statusboard/production/'))).toBe(true)
  const journal = keys.filter((key) => key.includes(`/launches/${launch}/events/`))
  const lines = await Promise.all(
    journal.map(async (key) => String(await objectOf(project.path, 'statusboard-launches', key))),
  )
  expect(chained(lines).at(-1)).toMatchObject({ type: 'launch-ended', outcome: 'succeeded' })

  const status = await project.run(['status', '--sandbox', '--json', ...state])
  expect(JSON.parse(status.stdout)).toMatchObject({ launch: { id: launch }, flag: { percent: 100 } })
})

test(
  'a launch whose journal is in S3 is watched as it goes on by a machine that has the run sheet alone, until Ctrl-C',
  { timeout: 120_000 },
  async () => {
    await using project = await launchProject()
    await using elsewhere = await launchProject()
    await using serving = project.start(['sandbox', 'serve'], { timeoutMs: 120_000 })
    await serving.waitFor('Ctrl-C ends it.')
    const state = ['--state', 's3://statusboard-launches/x']
    // The other machine knows no sandbox: S3 is what AWS_ENDPOINT_URL leads to.
    const env = {
      AWS_ENDPOINT_URL: /AWS_ENDPOINT_URL=(http:\/\/\S+)/.exec(serving.stdout())?.[1],
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'SANDBOX222222222222',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    }
    const here = (...args: readonly string[]) => project.run([...args, '--sandbox', ...state])
    expect(await here('approve', 'qa-lead')).toMatchObject({ exitCode: 0 })
    await using watching = elsewhere.start(['canary', 'watch', '--jsonl', ...state], { env, timeoutMs: 100_000 })
    await watching.waitFor('"approved"')

    expect(await here('note', 'said while it was watched')).toMatchObject({ exitCode: 0 })
    await watching.waitFor('said while it was watched')
    watching.kill('SIGINT')

    const ended = await watching.done
    expect(ended.exitCode).toBe(130)
    expect(ended.stderr).toMatch(/the watch was ended\n +the launch goes on without it/)
    expect(ended.stdout.trimEnd().split('\n').map(typeOf)).toEqual(['version', 'launch-opened', 'approved', 'noted'])
  },
)

function typeOf(line: string): unknown {
  const { type }: { type?: unknown } = JSON.parse(line)
  return type
}
