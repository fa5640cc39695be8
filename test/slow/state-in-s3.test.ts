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
