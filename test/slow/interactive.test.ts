import { expect, test } from 'vitest'
import { guidedProject } from '../support/guided-sheet.ts'
import { journalOf, story, talk, type Key, type Talk } from '../support/guided.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const start = ['interactive', '--sandbox']
const resume = ['resume', '--sandbox']

/** A launch that is stopped at its question number `at` and taken up again. */
async function stoppedAt(
  at: number,
  key: Key,
): Promise<{ readonly first: Talk; readonly second: Talk; readonly told: readonly string[] }> {
  await using dir = await tempDir({ files: guidedProject })
  const first = await talk(start, { cwd: dir.path }, (_asked, index) => (index === at ? { key } : undefined))
  const second = await talk(resume, { cwd: dir.path })
  return { first, second, told: story(await journalOf(dir.path)) }
}

test('Ctrl-C at any question of a guided launch, then launch resume, reaches the same end', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const whole = await talk(start, { cwd: dir.path })
  expect(whole.exitCode).toBe(0)
  const want = story(await journalOf(dir.path))
  const headings = whole.asked.map(({ heading }) => heading)
  expect(headings.length).toBeGreaterThanOrEqual(9)

  for (const [at, heading] of headings.entries()) {
    const { first, second, told } = await stoppedAt(at, at % 3 === 2 ? 'Ctrl-D' : 'Ctrl-C')
    expect(first.exitCode, heading).toBe(130)
    expect(first.screen, heading).toMatch(
      /production is untouched|production: release \S+ deployed, flag (?:off|at \d+ %)/,
    )
    expect(first.screen, heading).toContain('launch resume --sandbox')
    // Nothing is asked twice but the question that was not answered.
    expect(
      [...first.asked.slice(0, -1), ...second.asked].map((asked) => asked.heading),
      heading,
    ).toEqual(headings)
    expect(second.exitCode, heading).toBe(0)
    expect(second.screen, heading).toMatch(/flag new-board 100%/)
    expect(told, heading).toEqual(want)
  }
})

test('Ctrl-C where a reason is asked for leaves the question before it unanswered', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const first = await talk(start, { cwd: dir.path }, ({ heading, query }) => {
    if (query.startsWith('Reason')) return { key: 'Ctrl-C' }
    return heading.startsWith('Sign-off') ? { line: 'n' } : undefined
  })
  expect(first.exitCode).toBe(130)

  const second = await talk(resume, { cwd: dir.path })
  expect(second.asked[0]?.heading).toBe('Sign-off of qa-lead')
  expect(second.exitCode).toBe(0)
})

test('a canary without traffic is held until its person decides, also after Ctrl-C at that question', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const heldAt: number[] = []
  const waits = await talk([...start, '--scenario', 'no-traffic'], { cwd: dir.path }, ({ heading, query }, index) => {
    if (!query.startsWith('promote')) return undefined
    expect(heading).toMatch(/^Held at 50 %: not proven at 50 % in 8 minutes/)
    // Once waited, asked again: then stopped.
    return heldAt.push(index) > 1 ? { key: 'Ctrl-C' } : { line: 'wait' }
  })
  expect(waits.asked.filter(({ heading }) => heading.startsWith('Held')).length).toBe(2)
  expect(waits.exitCode).toBe(130)
  expect(waits.screen).toContain('flag at 50 %')

  const rolledBack = await talk(resume, { cwd: dir.path }, ({ query }) =>
    query.startsWith('promote') ? { line: 'rollback nobody comes' } : undefined,
  )
  expect(rolledBack.exitCode).toBe(4)
  expect(rolledBack.screen).toContain('nobody comes')
  expect(rolledBack.screen).toMatch(/flag new-board 0%, latched off/)
})

test('a held canary that its person promotes goes on and is marked as unproven', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const promoted = await talk([...start, '--scenario', 'no-traffic'], { cwd: dir.path }, ({ query }) =>
    query.startsWith('promote') ? { line: 'promote night shift, nobody is there' } : undefined,
  )
  expect(promoted.exitCode).toBe(0)
  expect(story(await journalOf(dir.path))).toEqual(
    expect.arrayContaining(['left 50 unproven', 'left 100 unproven', 'succeeded']),
  )
})

test('SKIP_UAT_INTERACTIVE asks for no sign-off and needs the recorded one; --yes answers confirmations but gives none', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const skipped = await talk([...start, '--yes'], { cwd: dir.path, env: { SKIP_UAT_INTERACTIVE: 'true' } })
  expect(skipped.asked).toEqual([])
  expect(skipped.exitCode).toBe(8)
  expect(skipped.screen).toContain('not signed by qa-lead')

  await runBin(['approve', 'qa-lead', '--sandbox'], { cwd: dir.path })
  const resumed = await talk(['resume', '--sandbox', '--skip-uat-interactive'], { cwd: dir.path })
  expect(resumed.asked.map(({ heading }) => heading)).not.toContain('Sign-off of qa-lead')
  expect(resumed.exitCode).toBe(0)
})

test('a sign-off from another terminal takes the open question back', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const told = await talk(start, { cwd: dir.path }, async ({ heading }, _index, pty) => {
    if (!heading.startsWith('Sign-off')) return undefined
    await runBin(['approve', 'qa-lead', '--sandbox'], { cwd: dir.path })
    await pty.waitFor('Begin Rollout')
    return { line: '' }
  })
  expect(told.exitCode).toBe(0)
  expect(story(await journalOf(dir.path)).filter((line) => line === 'qa-lead signed')).toHaveLength(1)
})
