import { expect, test } from 'vitest'
import { z } from 'zod'
import { launchProject } from '../support/launch-project.ts'
import { parityTable } from '../support/parity-table.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const { of } = parityTable()
const Run = z.object({
  exitCode: z.literal(0),
  gates: z.array(z.object({ id: z.string(), checks: z.array(z.object({ id: z.string(), verdict: z.string() })) })),
})

test('every gate and check that a line of the paper became is judged in a launch, and passes', async () => {
  await using project = await launchProject()

  const ran = await project.run(['auto', '--sandbox', '--json'])

  const { gates } = Run.parse(JSON.parse(ran.stdout))
  const passed = new Set(
    gates.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'pass').map(({ id }) => id)),
  )
  const judged = new Set(gates.map(({ id }) => id.replace(/^.*\/canary@\d+$/, 'canary')))
  const checks = of('check').map((name) => name.split('/')[1] ?? name)
  expect(checks.length).toBeGreaterThan(30)
  expect(checks.filter((id) => !passed.has(id))).toEqual([])
  expect(of('gate').filter((name) => !judged.has(name))).toEqual([])
})

test('every command that a line of the paper became says what it does, with examples', async () => {
  await using dir = await tempDir()
  const lines = [...new Set(of('command'))].map((line) => line.replace(/^launch /, '').split(' '))

  const answers = await Promise.all(lines.map((words) => runBin([...words, '--help'], { cwd: dir.path })))

  expect(lines.length).toBeGreaterThan(15)
  for (const [i, { exitCode, stdout }] of answers.entries()) {
    expect(exitCode, lines[i]?.join(' ')).toBe(0)
    expect(stdout, lines[i]?.join(' ')).toMatch(/Usage: launch [\s\S]*Examples:\n {2}\S/)
  }
})
