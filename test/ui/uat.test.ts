import { expect, test } from 'vitest'
import { uatLines } from '../../src/ui/uat.ts'
import { artifactHash, commit, journal, opened, planHash } from '../support/journal-builder.ts'
import { golden } from '../support/golden.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { stateOf, uncoloured } from '../support/views.ts'

test('sign-offs say who, when and for what; one given for another commit has lapsed', () => {
  const story = journal('2026-12-01T20:00:00Z').add(opened())
  story.as('Ada Quinn').add({
    type: 'approved',
    role: 'qa-lead',
    note: 'ran the whole suite',
    binding: { commit: 'f'.repeat(40), artifact: artifactHash, plan: planHash },
  })
  story
    .as('Sam Lee')
    .add({ type: 'approved', role: 'support-lead', note: '', binding: { commit, artifact: null, plan: planHash } })
  story.after('5m').add({ type: 'blocker-raised', blocker: 1, severity: 'critical', text: 'drag and drop loses cards' })
  story.add(
    { type: 'blocker-raised', blocker: 2, severity: 'minor', text: 'typo' },
    { type: 'blocker-cleared', blocker: 2, note: 'mended' },
  )

  const lines = uatLines(statusBoardPlan, stateOf(story.events), uncoloured)

  const text = `${lines.join('\n')}\n`
  expect(text).toBe(golden(new URL('golden/uat.txt', import.meta.url), text))
})

test('a plan without blockers says so', () => {
  expect(
    uatLines(statusBoardPlan, stateOf(journal('2026-12-01T20:00:00Z').add(opened()).events), uncoloured).at(-1),
  ).toBe('no blockers were raised')
})
