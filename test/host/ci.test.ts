import { expect, test } from 'vitest'
import { ciOf } from '../../src/host/ci.ts'

test('GitHub Actions and GitLab are known by the variables they set themselves, nothing else is', () => {
  expect(ciOf({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/s', GITHUB_WORKSPACE: '/w' })).toEqual({
    kind: 'github',
    summaryFile: '/s',
    outputFile: null,
    workspace: '/w',
  })
  expect(ciOf({ GITLAB_CI: 'true', CI_PROJECT_DIR: '/p' })).toEqual({ kind: 'gitlab', workspace: '/p' })
  expect(ciOf({ CI: 'true' })).toBeNull()
  expect(ciOf({ GITHUB_ACTIONS: 'false' })).toBeNull()
  expect(ciOf({})).toBeNull()
})
