import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killedAfter, resumes } from '../support/killed-launch.ts'
import { launchProject } from '../support/launch-project.ts'
import { runBin } from '../support/run-bin.ts'
import { journalLines, journalOf } from '../support/sandbox-files.ts'

const beginsToBuild = /"type":"step-intended","step":"staging\/build"/

/** A folder as a checkout whose commits are made one after the other; gives the commit's hash. */
function checkoutIn(cwd: string) {
  const git = async (...args: readonly string[]) => {
    const who = ['git', '-c', 'user.name=Ada', '-c', 'user.email=ada@demo.example'] as const
    return (await runBin(args, { cwd, command: [...who] })).stdout.trim()
  }
  return {
    git,
    commit: async () => {
      await git('init', '-q')
      await git('add', '.')
      await git('commit', '-qm', 'x')
      return git('rev-parse', 'HEAD')
    },
  }
}

test('a launch whose build was cut off is not built from another commit', { timeout: 90_000 }, async () => {
  await using project = await launchProject()
  const { git, commit } = checkoutIn(project.path)
  const build = await readFile(join(project.path, 'build.mjs'), 'utf8')
  await project.write('.gitignore', '.launch/\ndist/\n')
  await project.write('build.mjs', `await new Promise((over) => setTimeout(over, 1500))\n${build}`)
  const first = await commit()
  await killedAfter(project, beginsToBuild)
  const { launch } = (await journalOf(project.path))[0] ?? {}
  const journal = await journalLines(project.path)
  await project.write('build.mjs', build)
  const second = await commit()

  const resumed = await project.run(['resume', '--sandbox', '--yes', '--json'])
  const built = await project.run(['build', '--sandbox', '--json'])

  const refused = {
    code: 'UNFINISHED',
    message: `launch ${launch} of commit ${first.slice(0, 10)} is still open, this is ${second.slice(0, 10)}`,
    hint: `check out ${first.slice(0, 10)} and go on with launch resume, or supersede it with launch auto --new`,
  }
  for (const ran of [resumed, built]) {
    expect(ran.exitCode).toBe(7)
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'superseded', error: refused })
  }
  expect(await journalLines(project.path)).toEqual(journal)

  await git('checkout', '-q', first)
  await resumes(project)
})

test('resume of a launch that has ended says how and when, and what the flag is now', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--quiet'])
  expect(ran.exitCode).toBe(4)
  const { launch, at = 0 } = (await journalOf(project.path)).at(-1) ?? {}

  const resumed = await project.run(['resume', '--sandbox'])

  expect(resumed.exitCode).toBe(4)
  const [first] = resumed.stderr.split('\n')
  const ended = new Date(at).toISOString().slice(0, 19).replace('T', ' ')
  expect(first).toBe(`launch ${launch} has ended: rolled-back, at ${ended}Z (UTC)`)
  expect(resumed.stdout).toContain('flag      status-board-v2 0%, latched off')
  expect(resumed.stderr).not.toContain('goes on')
})
