import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { binPath, runBin } from '../support/run-bin.ts'

const secrets = {
  SLACK_RELEASES: 'https://hooks.slack.example/services/T000/B000/s3cr3t-releases',
  SLACK_INCIDENT: 'https://hooks.slack.example/services/T000/B000/s3cr3t-incident',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYs3cr3tKEY0',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7SECRET0',
  AWS_SESSION_TOKEN: 's3cr3t-session-token-0123456789',
}

test(
  'results are on stdout, everything else on stderr, and no escape code is in a pipe',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    // The most careless command there is: it prints everything it knows, and the board's flows run it.
    await writeFile(
      join(project.path, 'flow.mjs'),
      'console.log(JSON.stringify(process.env)); console.error(process.env)\n',
    )
    const env = { ...secrets, LAUNCH_SANDBOX: '1' }
    const launched = await project.run(['auto', '--scenario', 'error-spike@10', '--verbose'], { env })
    expect(launched.exitCode).toBe(4)
    expect(launched.stdout).toMatch(/^result +. rolled-back: .*\(exit 4\)\nerror +rolled back by the launch itself/)
    expect(launched.stdout).toMatch(/\nnext +launch .*\n$/)
    expect(launched.stderr).toContain('── Fast preconditions ──')
    expect(launched.stderr).not.toMatch(/^(?:result|next) /m)
    const quiet = await project.run(['rollback', 'validate', '--quiet'], { env })
    expect(quiet.exitCode).toBe(0)
    expect(quiet.stderr).toBe('')
    const status = await project.run(['status'], { env })
    expect(status.stdout).toMatch(/^flag status-board-v2 0% /m)
    expect(status.stderr).toBe('')
    const coloured = await project.run(['status', '--color'], { env })
    expect(coloured.stdout).toContain('\u001b[')
    const uncoloured = await project.run(['status'], {
      env: { ...env, NO_COLOR: '1', FORCE_COLOR: undefined, TERM: 'xterm-256color' },
    })
    expect(uncoloured.stdout).not.toContain('\u001b')
    const report = await project.run(['report'], { env })
    expect(report.stdout).toContain('# StatusBoardV2')
    for (const { stdout, stderr } of [launched, status, quiet, uncoloured, report]) {
      expect(stdout + stderr).not.toContain('\u001b')
      expect(stdout + stderr).not.toContain('s3cr3t')
    }
    const entries = await readdir(join(project.path, '.launch'), { recursive: true, withFileTypes: true })
    for (const { parentPath, name } of entries.filter((entry) => entry.isFile())) {
      expect(await readFile(join(parentPath, name), 'utf8')).not.toContain('s3cr3t')
    }
  },
)

test('a reader that has seen enough is no error', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  const piped = (line: string) =>
    runBin([], {
      cwd: project.path,
      timeoutMs: 60_000,
      command: ['bash', '-c', `set -o pipefail; ${line}`],
      env: { LAUNCH: binPath, NODE: process.execPath },
    })
  expect(await piped('"$NODE" "$LAUNCH" --help | head -1')).toMatchObject({ exitCode: 0, stderr: '' })
  const plan = await piped('"$NODE" "$LAUNCH" plan --markdown | head -2')
  expect(plan).toMatchObject({ exitCode: 0, stderr: '' })
  expect(plan.stdout).toContain('StatusBoardV2')
  // A launch whose event stream nobody reads any more still comes to its end, and says how on its exit code.
  const launch = await piped('"$NODE" "$LAUNCH" auto --scenario unsigned --jsonl | head -1; echo "${PIPESTATUS[0]}"')
  expect(launch.stdout).toBe('{"type":"version","schema":1}\n8\n')
  expect(launch.stderr).toBe('')
})
