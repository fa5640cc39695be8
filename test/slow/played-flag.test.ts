import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'

test('a flag service is played in the sandbox: a whole launch needs no token, and a rollback turns the played flag off', async () => {
  const store = 'store: { kind: launchdarkly, project: board, token_env: LD_TOKEN }'
  await using project = await launchProject((sheet) => sheet.replace(/store: \{ kind: s3[^}]*\}/, store))

  const launched = await project.run(['auto', '--sandbox', '--quiet'])
  const shown = await project.run(['flag', 'show', '--sandbox'])
  const rolledBack = await project.run(['rollback', 'emergency', '--sandbox', '--reason', 'played'])
  const after = await project.run(['flag', 'show', '--sandbox', '--json'])

  expect(launched.exitCode, launched.stderr).toBe(0)
  expect(shown.stdout).toMatch(
    /^flag status-board-v2 100% serial \d+ not latched\nstore {5}s3:\/\/sb-prod\/flags\/flag\.json, played: nothing in launchdarkly is touched\n/,
  )
  expect(rolledBack.exitCode, rolledBack.stderr).toBe(0)
  expect(JSON.parse(after.stdout)).toMatchObject({ flag: { percent: 0, latched: true, reason: 'played' } })
}, 90_000)

test('a flag in a file is played, too: a rehearsal and its rollback leave the file that servers read alone', async () => {
  const store = 'store: { kind: file, path: public/flags/board.json }'
  await using project = await launchProject((sheet) => sheet.replace(/store: \{ kind: s3[^}]*\}/, store))
  const written = (path: string) =>
    access(join(project.path, path)).then(
      () => true,
      () => false,
    )

  const launched = await project.run(['auto', '--sandbox', '--quiet'])
  const rolledBack = await project.run(['rollback', 'emergency', '--sandbox', '--reason', 'played'])
  const after = await project.run(['flag', 'show', '--sandbox', '--json'])

  expect(launched.exitCode, launched.stderr).toBe(0)
  expect(rolledBack.exitCode, rolledBack.stderr).toBe(0)
  expect(JSON.parse(after.stdout)).toMatchObject({ flag: { percent: 0, latched: true, reason: 'played' } })
  expect([await written('public/flags/board.json'), await written('.launch/flags')]).toEqual([false, false])
}, 90_000)
