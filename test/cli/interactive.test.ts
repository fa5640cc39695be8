import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { guidedProject } from '../support/guided-sheet.ts'
import { journalOf, story, talk } from '../support/guided.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const start = ['interactive', '--sandbox']
/** One terminal session after another takes seconds. */
const slow = 60_000

test(
  'a guided launch asks once before each phase, sign-off, decision and production change, and ends at 100 %',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const told = await talk(start, { cwd: dir.path }, ({ heading }) =>
      heading.startsWith('Sign-off') ? { line: 'y ran twice' } : undefined,
    )

    expect(told.exitCode).toBe(0)
    expect(told.asked.map(({ heading }) => heading)).toEqual([
      'Begin Staging, phase 1 of 3?',
      'Has somebody looked at the board?',
      'Sign-off of qa-lead',
      'Begin Rollout, phase 2 of 3?',
      'Go or no-go: Small board',
      'Production change: deploy to production?',
      'Production change: show the new version to 50 % of production users?',
      'Production change: show the new version to 100 % of production users?',
      'Begin Closeout, phase 3 of 3?',
    ])
    expect(told.screen).toContain('not signed by qa-lead')
    expect(told.screen).toContain('“All test scenarios passed”')
    const events = await journalOf(dir.path)
    const approved = events.filter((event) => event.type === 'approved')
    expect(approved).toMatchObject([{ role: 'qa-lead', note: 'ran twice', actor: { name: events[0]?.actor.name } }])
    expect(events.find((event) => event.type === 'go-decided')).toMatchObject({ decision: 'go', via: 'terminal' })
    // While a question was open the sandbox's time stood still: both changes came at the instant of the stage before them.
    const at = (type: string) => events.filter((event) => event.type === type).map((event) => event.at)
    expect(at('flag-set')[1]).toBe(at('stage-left')[0])
  },
)

test(
  'Ctrl-C at a production change stops safely, and launch resume asks only what is left',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const first = await talk(start, { cwd: dir.path }, ({ heading }) =>
      heading.includes('50 %') ? { key: 'Ctrl-C' } : undefined,
    )
    expect(first.exitCode).toBe(130)
    expect(first.screen).toMatch(/stopped by Ctrl-C; production: release \S+ deployed, flag off/)
    expect(first.screen).toContain('launch resume --sandbox')

    const second = await talk(['resume', '--sandbox'], { cwd: dir.path })
    expect(second.asked[0]?.heading).toBe('Production change: show the new version to 50 % of production users?')
    expect(second.asked).toHaveLength(3)
    expect(second.exitCode).toBe(0)
  },
)

test(
  'declining a production change ends with 9 and can be resumed; a no-go ends the launch, with its reason in the report',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const declined = await talk(start, { cwd: dir.path }, ({ query }) =>
      query.startsWith('type yes') ? { line: 'no support is not ready' } : undefined,
    )
    expect(declined.exitCode).toBe(9)
    expect(declined.screen).toContain('support is not ready')

    await using other = await tempDir({ files: guidedProject })
    const noGo = await talk(start, { cwd: other.path }, ({ query }) =>
      query.startsWith('go or') ? { line: 'no-go vendor outage' } : undefined,
    )
    expect(noGo.exitCode).toBe(9)
    expect(story(await journalOf(other.path)).slice(-2)).toEqual(['no-go', 'declined'])
    const [report = ''] = await readdir(other.file('.launch/sandbox/reports'))
    expect(await readFile(other.file('.launch/sandbox/reports', report), 'utf8')).toContain('vendor outage')

    const resumed = await talk(['resume', '--sandbox'], { cwd: dir.path })
    expect(resumed.asked[0]?.heading).toBe('Production change: deploy to production?')
    expect(resumed.exitCode).toBe(0)
  },
)

test(
  'a captain hands the launch over in the middle, and the next one is told where it stands before the first question',
  { timeout: slow },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const first = await talk(start, { cwd: dir.path }, ({ heading }) =>
      heading.includes('50 %') ? { line: 'handover Ana Lima: my shift ends' } : undefined,
    )
    expect(first.exitCode).toBe(8)
    expect(first.screen).toContain('handed over to Ana Lima: my shift ends; production: release')
    const events = await journalOf(dir.path)
    expect(events.findLast((event) => event.type === 'paused')).toMatchObject({
      signal: 'hand-over to Ana Lima: my shift ends',
    })

    const second = await talk(['resume', '--sandbox'], { cwd: dir.path })
    const told = second.asked[0]?.above ?? ''
    expect(told).toContain('Taking up Small board')
    expect(told.replaceAll(/\s+/g, ' ')).toMatch(/handed over by .* to Ana Lima: my shift ends/)
    expect(told).toContain('behind  Staging')
    expect(second.asked[0]?.heading).toBe('Production change: show the new version to 50 % of production users?')
    expect(second.exitCode).toBe(0)
  },
)

test('without a terminal a guided launch is refused before anything is touched, and the command that asks nobody is named', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const refused = await runBin(start, { cwd: dir.path })
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('launch auto --yes')
})
