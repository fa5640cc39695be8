import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { inRealMode } from '../support/real-mode.ts'
import { flagOf } from '../support/sandbox-files.ts'

/** The run sheet with a region that its production bucket is not in, its launches remembered on this machine. */
function mistaken(sheet: string): string {
  const own = sheet.replaceAll(/^ *(?:profile|role): .*\n/gm, '').replace(/^state: .*\n/m, '')
  return own.replace(/(account: "222222222222"\n +region: )us-east-1/, '$1eu-west-1')
}

test('a bucket in another region than the run sheet says is named with both, before anything is waited for', async () => {
  await using project = await launchProject()
  await using serving = await inRealMode(project, { change: mistaken })
  for (const command of [['validate'], ['auto', '--yes']]) {
    const ran = await project.run([...command, '--json'], { env: serving.env })
    expect(ran.exitCode, ran.stdout + ran.stderr).toBe(2)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'invalid',
      error: {
        message: 's3 GetObject on s3://sb-prod/flags/status-board-v2.json: it is in us-east-1, not in eu-west-1',
        hint: expect.stringContaining('correct region: of the environment'),
      },
    })
  }
  expect(await flagOf(project.path)).toBeNull()
  const flag = ['--flag', 's3://sb-prod/flags/status-board-v2.json', '--region', 'ap-south-1']
  const rollback = await project.run(['rollback', 'emergency', ...flag], { env: serving.env })
  expect(rollback.exitCode).toBe(2)
  expect(rollback.stderr).toContain('it is in us-east-1, not in ap-south-1')
  expect(rollback.stderr).toContain('say its region with --region (it was ap-south-1); nothing was written')
})
