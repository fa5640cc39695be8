import { describe, expect, test } from 'vitest'
import type { LaunchState } from '../../src/core/state.ts'
import { fold } from '../../src/core/reduce.ts'
import { launches } from '../../src/journal/launches.ts'
import { goldenJournals, stateFiles, writeState, type GoldenJournal } from '../support/golden-journals.ts'
import { launchProject } from '../support/launch-project.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'

const all = await goldenJournals()
const stagesOf = (state: LaunchState) =>
  (state.stages['rollout/canary'] ?? []).map((stage) => [
    stage.percent,
    stage.status === 'left' ? stage.verdict : stage.status,
  ])

/** What each story came to, by what DESIGN promises of its scenario; written down when it was recorded. */
const told: { readonly [name: string]: (state: LaunchState) => void } = {
  healthy: (state) => {
    expect(state).toMatchObject({
      n: 95,
      ended: { outcome: 'succeeded' },
      flag: { percent: 100 },
      go: { decision: 'go' },
    })
    expect(stagesOf(state)).toEqual([10, 30, 50, 100].map((percent) => [percent, 'pass']))
    expect(Object.values(state.phases).every((phase) => phase.status === 'ended' && phase.verdict === 'pass')).toBe(
      true,
    )
    expect(state.approvals.map(({ role }) => role).sort()).toEqual([
      'engineering-lead',
      'product-owner',
      'qa-lead',
      'sre-lead',
      'support-lead',
    ])
  },
  'rolled-back': (state) => {
    expect(state).toMatchObject({ n: 52, ended: { outcome: 'rolled-back' }, rollingBack: null })
    expect(stagesOf(state)).toEqual([
      [10, 'pass'],
      [30, 'fail'],
    ])
    expect(state.rollbacks).toMatchObject([{ kind: 'emergency', outcome: 'restored', verified: true, trigger: 'gate' }])
    expect(state.rollbacks[0]?.reason).toContain('Error rate < 1%: 14% at 30 %')
  },
  held: (state) => {
    expect(state).toMatchObject({ n: 42, ended: null, rollbacks: [], flag: { percent: 10 } })
    expect(stagesOf(state)).toEqual([[10, 'held']])
    expect(state.gates['rollout/canary@10']).toMatchObject({ verdict: 'unknown' })
  },
}

test('there is a journal of a launch that went well, of one that was rolled back and of one that is held', () => {
  expect(all.map(({ name }) => name)).toEqual(Object.keys(told).sort())
})

describe.each(all)('a journal of the first version: $name', (journal) => {
  test('is read, chain and plan checked, and says what it said then', async () => {
    const state = fold(await (await load(journal)).log.read(never))
    if (!state) throw new Error('empty')
    expect(state.unknownTypes).toEqual([])
    told[journal.name]?.(state)
  })

  test('every prefix of it is a launch, too', async () => {
    const events = await (await load(journal)).log.read(never)
    for (let n = 1; n <= events.length; n += 1) expect(fold(events.slice(0, n))?.n).toBe(n)
  })
})

async function load(journal: GoldenJournal) {
  const store = memoryStateStore()
  for (const [key, body] of stateFiles(journal)) await store.create(key, body, never)
  const clock = manualClock(0)
  const actor = { name: 'reader', host: 'h', run: null }
  return launches('statusboard', 'production', { store, clock, random: { id: () => '' }, actor }).load(
    journal.launch,
    never,
  )
}

test('the commands of now show them', { timeout: 60_000 }, async () => {
  for (const journal of all) {
    await using project = await launchProject()
    await writeState(journal, `${project.path}/state`)
    const show = (...args: readonly string[]) => project.run([...args, '--state', 'file:state'])
    const [history, explain, report, canary] = await Promise.all([
      show('history', '--json'),
      show('explain'),
      show('report'),
      show('canary', 'status', '--json'),
    ])
    for (const ran of [history, explain, report, canary]) expect(ran.exitCode, ran.stderr).toBe(0)
    expect(history.stdout).toContain(journal.launch)
    expect(explain.stdout).toMatch(/gate .+/)
    expect(report.stdout + report.stderr).not.toContain('undefined')
    expect(JSON.parse(canary.stdout).stages.length).toBe({ healthy: 4, 'rolled-back': 2, held: 1 }[journal.name])
    expect(explain.stdout.includes('observed  14%')).toBe(journal.name === 'rolled-back')
  }
})
