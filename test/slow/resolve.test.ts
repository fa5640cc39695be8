import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { journalOf } from '../support/sandbox-files.ts'

test(
  'a build that must not run twice and was killed waits for a person, who is asked nothing else',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject((sheet) => sheet.replace('idempotent: true', 'idempotent: false'))
    const early = await project.run(['resolve', 'build', '--did-run', '--sandbox'])
    expect(early).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no sandbox') })
    await project.write('build.mjs', 'setTimeout(() => {}, 60_000)')
    await using building = project.start(['build', '--sandbox', '--jsonl'])
    await building.waitFor('"type":"step-intended"')
    building.kill('SIGKILL')
    await building.done

    await project.write(
      'build.mjs',
      "import { mkdirSync, writeFileSync } from 'node:fs'\nmkdirSync('dist', { recursive: true })\nwriteFileSync('dist/index.html', 'built')\n",
    )
    const waiting = await project.run(['build', '--sandbox'])
    expect(waiting.exitCode, waiting.stderr).toBe(8)
    const step = /launch resolve (\S+) --did-run or --did-not-run/.exec(waiting.stdout)?.[1] ?? ''
    expect(step).toMatch(/\/build$/)

    for (const [args, why] of [
      [[step], 'it is not said whether the step ran'],
      [[step, '--did-run', '--did-not-run'], 'it cannot have run and not run'],
      [['buidl', '--did-run'], 'there is no step "buidl"'],
      [['validate', '--did-run'], 'validate waits for nobody to say what it did'],
    ] as const) {
      const refused = await project.run(['resolve', ...args, '--sandbox'])
      expect(refused.exitCode).not.toBe(0)
      expect(refused.stderr).toContain(why)
    }
    const dry = await project.run(['resolve', 'build', '--did-not-run', '--dry-run', '--sandbox'])
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('dry run') })

    const said = await project.run(['resolve', 'build', '--did-not-run', '--reason', 'looked at it', '--sandbox'], {
      env: { CI_JOB_URL: 'https://ci.example/1', GITLAB_USER_LOGIN: 'ana' },
    })
    expect(said.exitCode, said.stderr).toBe(0)
    expect(said.stdout).toContain('had not run')
    expect((await journalOf(project.path)).at(-1)).toMatchObject({
      type: 'step-resolved',
      step,
      did: 'not-run',
      note: 'looked at it',
      actor: { name: 'ana' },
    })
    expect(await project.run(['build', '--sandbox'])).toMatchObject({ exitCode: 0 })
    const over = await project.run(['resolve', 'build', '--did-run', '--sandbox'])
    expect(over).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('it is done since') })
  },
)
