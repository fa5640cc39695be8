import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
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
