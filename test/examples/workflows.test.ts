import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { commands } from '../../src/commands/registry.ts'
import { readExample, workflowProblems } from '../support/workflow-lint.ts'
import { tempDir } from '../support/temp-dir.ts'

const workflows = ['action.yml', 'examples/ci/github/launch.yml', 'examples/ci/github/reap.yml']

describe('workflows for GitHub', () => {
  test.each(workflows)('%s holds together', (path) => {
    expect(workflowProblems(readExample(path))).toEqual([])
  })

  test.each([
    ['id-token: write', 'id-token: read', 'takes a role without id-token: write'],
    ['@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2', '@v4', 'not pinned to a commit'],
    ['exec node_modules', 'node_modules', 'without exec'],
    ['${{ !cancelled() }}', '${{ !canceled() }}', 'no function canceled'],
    ['${{ vars.LAUNCH_ROLE }}', '${{ var.LAUNCH_ROLE }}', 'no context var'],
    ['run: npm ci', 'run: npm ci ${{ inputs.command }}', 'an expression in a script'],
    ['runs-on:', 'run-on:', 'no key "run-on"'],
    ['permissions:\n  contents: read\n  id-token: write', 'permissions: {}\nenv:\n  A: b', 'id-token: write'],
  ])('the check sees a mistake: %s for %s', (right, wrong, problem) => {
    const text = readExample('examples/ci/github/launch.yml')
    expect(text).toContain(right)
    expect(workflowProblems(text.replace(right, wrong)).join('\n')).toContain(problem)
  })

  test('the action passes its inputs as words, whatever is in them', async () => {
    await using dir = await tempDir({
      files: { 'launch/node_modules/.bin/launch': '#!/bin/sh\nfor word; do printf "<%s>" "$word"; done\n' },
    })
    const action: { runs: { steps: { run: string }[] } } = parse(readExample('action.yml'))
    const script = action.runs.steps[1]?.run ?? ''
    const env = {
      PATH: process.env['PATH'],
      RUNNER_TEMP: dir.path,
      LAUNCH_COMMAND: 'rollback emergency',
      LAUNCH_ARGUMENTS: '--reason\nit is $(touch pwned); "bad" `x`\n\n',
    }
    spawnSync('chmod', ['+x', dir.file('launch/node_modules/.bin/launch')])
    const ran = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], { env, cwd: dir.path })
    expect(ran.stdout.toString()).toBe('<rollback><emergency><--reason><it is $(touch pwned); "bad" `x`>')
    const alone = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      env: { ...env, LAUNCH_COMMAND: 'reap', LAUNCH_ARGUMENTS: '' },
      cwd: dir.path,
    })
    expect(alone.stdout.toString(), alone.stderr.toString()).toBe('<reap>')
  })
})

describe('the pipeline for GitLab', () => {
  type Job = { script: string[]; before_script: string[]; [key: string]: unknown }
  const pipeline: { stages: string[]; launch: Job } = parse(readExample('examples/ci/gitlab/.gitlab-ci.yml'))

  test('takes a role with its own token, runs one launch at a time and keeps its gates', () => {
    const { launch } = pipeline
    // Keywords of "CI/CD YAML syntax reference".
    const known =
      'stage image environment resource_group interruptible timeout rules id_tokens variables before_script script artifacts'
    expect(Object.keys(launch).filter((key) => !known.split(' ').includes(key))).toEqual([])
    expect(pipeline.stages).toContain(launch['stage'])
    expect(launch).toMatchObject({
      interruptible: false,
      resource_group: 'production',
      id_tokens: { AWS_ID_TOKEN: { aud: 'https://gitlab.com' } },
      artifacts: { when: 'always', reports: { junit: 'launch-gates.xml' } },
    })
    expect(launch.script.at(-1)).toMatch(/^exec .*launch /)
  })

  test('its scripts are shell', () => {
    for (const line of [...pipeline.launch.before_script, ...pipeline.launch.script])
      expect(spawnSync('sh', ['-n', '-c', line]).status, line).toBe(0)
  })
})

test('every command the examples run is one of launch', () => {
  const names = commands.map(({ name }) => name)
  for (const word of ['auto', 'resume', 'validate', 'reap']) expect(names).toContain(word)
})
