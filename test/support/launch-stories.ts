import { epochMs } from '../../src/core/brand.ts'
import type { Happening } from '../../src/core/event.ts'
import {
  artifactHash,
  canaryChecks,
  canaryWaiting,
  commit,
  journal,
  judged,
  opened,
  planHash,
  type JournalBuilder,
} from './journal-builder.ts'
import { closeoutChecks, fullChecks, interactions, preconditions } from './story-checks.ts'

/** Journals of whole launches, written by hand against `statusBoardPlan`. */

const release = { id: '1.6.0-1a2b3c4', version: '1.6.0', commit, previous: '1.5.2-9f8e7d6' }
const production = { bucket: 'production', uploaded: 12, unchanged: 96, verified: 108 }

export function healthyLaunch(): JournalBuilder {
  const story = untilDeployed('healthy')
  for (const [percent, board] of [
    [10, 431],
    [30, 412],
    [50, 420],
    [100, 418.6],
  ] as const)
    healthyStage(story, percent, board)
  story.add(
    { type: 'step-done', step: 'rollout/canary', attempt: 'a5', summary: 'at 100%', ms: 2_640_000, output: {} },
    { type: 'phase-ended', phase: 'rollout', verdict: 'pass' },
  )
  story.add({ type: 'phase-started', phase: 'full' })
  story.after('17m').add(
    judged(story, {
      gate: 'full-rollout',
      key: 'full/monitor',
      phase: 'full',
      bakedMs: 900_000,
      evidence: interactions(story),
      checks: fullChecks(),
    }),
  )
  story.add({
    type: 'step-done',
    step: 'full/monitor',
    attempt: 'a6',
    summary: 'watched production for 15m',
    ms: 1_020_000,
    output: {},
  })
  story.add(judged(story, { gate: 'full-rollout', phase: 'full', checks: fullChecks() }), {
    type: 'phase-ended',
    phase: 'full',
    verdict: 'pass',
  })
  story.add(
    { type: 'phase-started', phase: 'closeout' },
    { type: 'noted', text: 'start the captain call ten minutes earlier' },
  )
  story.after('1s').add({
    type: 'step-done',
    step: 'closeout/report',
    attempt: 'a7',
    summary: 'report written',
    ms: 40,
    output: { report: { path: '.launch/sandbox/reports/launch.md' } },
  })
  story.add({
    type: 'answered',
    question: 'closeout/release-note',
    answer: 'yes',
    by: 'sandbox:product-owner',
    via: 'sandbox',
    note: '',
  })
  story.add(judged(story, { gate: 'closeout', phase: 'closeout', checks: closeoutChecks() }), {
    type: 'phase-ended',
    phase: 'closeout',
    verdict: 'pass',
  })
  return story.add({ type: 'launch-ended', outcome: 'succeeded', why: 'every phase passed' })
}

export function rolledBackAt30(): JournalBuilder {
  const story = untilDeployed(null)
  healthyStage(story, 10, 431)
  raise(story, 30)
  story.after('30s').add(judged(story, { gate: 'canary', phase: 'rollout', stage: 30, checks: canaryWaiting() }))
  story.after('4m').add(
    judged(story, {
      gate: 'canary',
      phase: 'rollout',
      stage: 30,
      bakedMs: 120_000,
      checks: canaryChecks(1234.4, 120, 0.004, 4),
    }),
  )
  const reason = 'board-load p95 < 800ms failed at 30%: 1,234ms'
  story.add({ type: 'rollback-intended', kind: 'emergency', reason, trigger: 'gate canary at 30%' })
  story.after('1s').add({
    type: 'rolled-back',
    result: {
      kind: 'emergency',
      reason,
      by: 'Jesus Ortiz <jesus@sb.example>',
      outcome: 'restored',
      ackedMs: 42,
      readBackMs: 65,
      edgeMs: 1180,
      verified: true,
      detail: '',
    },
    writeId: 'w-rollback',
    trigger: 'gate canary at 30%',
  })
  story.add({
    type: 'issue-noted',
    severity: 'P1',
    text: 'board query without an index | seen in `EXPLAIN` by @dba <oncall>',
  })
  return story.add(
    { type: 'phase-ended', phase: 'rollout', verdict: 'fail' },
    { type: 'launch-ended', outcome: 'rolled-back', why: reason },
  )
}

export function heldAt10(): JournalBuilder {
  const story = untilDeployed(null)
  story.add({
    type: 'waived',
    gate: 'canary',
    check: 'drawer-open-average',
    reason: 'drawer metric is broken until Friday',
  })
  raise(story, 10)
  for (let look = 0; look < 60; look += 1)
    story.after('30s').add(judged(story, { gate: 'canary', phase: 'rollout', stage: 10, checks: canaryWaiting() }))
  const until = epochMs(story.now() + 900_000)
  story.add({ type: 'stage-held', step: 'rollout/canary', percent: 10, why: 'no canary traffic for 30m', until })
  story
    .after('2m')
    .as('Sam Lee <sam@example.com>')
    .add({ type: 'canary-asked', ask: 'pause', stage: 10, reason: 'load balancer is being looked at' })
  return story.add({ type: 'paused', signal: 'SIGINT' })
}

/** What only people write, as `everythingSaid` has it: a view that shows a launch shows these. */
export const said = [
  'drawer metric is broken until Friday',
  'no canary traffic for 30m',
  'the drawer shows the wrong client',
  'agreed with QA to ship without it',
  'checked by the team on call',
  'the bundler ran out of memory',
  'give it more memory',
  'read the board once more at noon',
] as const

/** A held launch in which every kind of free text was given: waiver, hold, blocker, issue, note, answer, failed step, hand-over. */
export function everythingSaid(): JournalBuilder {
  const [, , blocker, cleared, note, message, hint, lesson] = said
  return heldAt10().add(
    { type: 'blocker-raised', blocker: 1, severity: 'critical', text: blocker },
    { type: 'blocker-cleared', blocker: 1, note: cleared },
    { type: 'issue-noted', severity: 'P2', text: 'labels overlap' },
    { type: 'answered', question: 'closeout/release-note', answer: 'yes', by: 'Ana Lima', via: 'terminal', note },
    { type: 'step-failed', step: 'closeout/report', attempt: 'a9', code: 'STEP_FAILED', message, hint, ms: 1200 },
    { type: 'noted', text: lesson },
    { type: 'left-held', percent: 10, why: 'the shift ends' },
    { type: 'paused', signal: 'hand-over to Ana Lima: my shift ends' },
  )
}

export function rolledBackElsewhere(): JournalBuilder {
  const story = untilDeployed(null)
  raise(story, 10)
  story.after('3m').add(
    judged(story, {
      gate: 'canary',
      phase: 'rollout',
      stage: 10,
      bakedMs: 60_000,
      checks: canaryChecks(402, 118, 0.002, 3, 812),
    }),
  )
  const since = epochMs(story.now() + 20_000)
  story.after('30s').add({
    type: 'rollback-found',
    writeId: 'w-elsewhere',
    by: 'On Call <oncall@sb.example>',
    since,
    reason: 'customers report empty boards',
  })
  return story.add(
    { type: 'phase-ended', phase: 'rollout', verdict: 'fail' },
    { type: 'launch-ended', outcome: 'rolled-back', why: 'rolled back by On Call' },
  )
}

function untilDeployed(sandbox: string | null): JournalBuilder {
  const story = journal('2026-12-01T23:15:00Z')
  story.add(opened(sandbox), { type: 'phase-started', phase: 'preconditions' })
  story.add(judged(story, { gate: 'preconditions', phase: 'preconditions', checks: preconditions(false) }))
  const binding = { commit, artifact: null, plan: planHash }
  const player = (role: string) => (sandbox === null ? 'Ada Quinn' : `sandbox:${role}`)
  story.after('1m').as(player('product-owner')).add({ type: 'approved', role: 'product-owner', note: '', binding })
  story.as(player('qa-lead')).add({ type: 'approved', role: 'qa-lead', note: 'ran the whole suite', binding })
  story
    .as('Jesus Ortiz <jesus@sb.example>')
    .add(judged(story, { gate: 'preconditions', phase: 'preconditions', checks: preconditions(true) }))
  story.add(
    { type: 'phase-ended', phase: 'preconditions', verdict: 'pass' },
    { type: 'phase-started', phase: 'staging' },
  )
  steps(story, 'staging/build', '41 files, 1.2 MB', 14_000, {
    artifact: { hash: artifactHash, files: 41, bytes: 1_240_000, manifest: 'm.json' },
  })
  steps(story, 'staging/deploy', '12 uploaded, 96 unchanged', 6_000, {})
  steps(story, 'staging/smoke', 'exit 0', 21_000, {})
  story.add(
    judged(story, {
      gate: 'staging-ready',
      phase: 'staging',
      environment: 'staging',
      checks: canaryChecks(388, 101, 0.001, 0, 640).slice(0, 3),
    }),
  )
  story.add({ type: 'phase-ended', phase: 'staging', verdict: 'pass' })
  const window = { from: epochMs(story.now() - 1_800_000), to: story.now() }
  story.add({
    type: 'baseline-captured',
    window,
    metrics: { interactions: { count: 3000, sum: 3000 }, 'board-load': { count: 9000, sum: 4_050_000 } },
  })
  story.add(
    { type: 'go-decided', decision: 'go', note: 'all green', via: 'terminal' },
    { type: 'phase-started', phase: 'rollout' },
  )
  steps(story, 'rollout/deploy', '12 uploaded, 96 unchanged', 9_000, {
    deployed: { environment: production.bucket, release, uploaded: 12, unchanged: 96, verified: 108 },
  })
  return story
}

function steps(
  story: JournalBuilder,
  step: string,
  summary: string,
  ms: number,
  output: Extract<Happening, { type: 'step-done' }>['output'],
): void {
  story.add({ type: 'step-intended', step, attempt: `a-${step}` })
  story.after(`${ms}ms`).add({ type: 'step-done', step, attempt: `a-${step}`, summary, ms, output })
}

function raise(story: JournalBuilder, percent: number): void {
  const serial = story.now()
  story.add({ type: 'flag-intended', step: 'rollout/canary', percent, writeId: `w-${percent}`, serial, base: null })
  story.add({ type: 'flag-set', percent, writeId: `w-${percent}`, serial, ackedMs: 41 })
  story.after('80ms').add({ type: 'flag-confirmed', percent, serial, edgeMs: 80 })
}

function healthyStage(story: JournalBuilder, percent: number, board: number): void {
  raise(story, percent)
  const look = (bakedMs: number, checks = canaryChecks(board, 121.3, 0.0012, 4)) =>
    story.add(judged(story, { gate: 'canary', phase: 'rollout', stage: percent, bakedMs, checks }))
  story.after('30s')
  look(0, canaryWaiting())
  for (let minute = 1; minute <= 10; minute += 1) {
    story.after('1m')
    look(minute * 60_000)
  }
  story.add({ type: 'stage-left', step: 'rollout/canary', percent, verdict: 'pass', why: 'every check passed for 10m' })
}

/** The same, and whoever did it told the journal of it, too. */
export function recordedElsewhere(): JournalBuilder {
  const story = rolledBackElsewhere()
  const result = {
    kind: 'emergency',
    reason: 'customers report empty boards',
    by: 'On Call <oncall@sb.example>',
    outcome: 'restored',
    detail: '',
    ackedMs: 40,
    readBackMs: 60,
    edgeMs: 900,
    verified: true,
  } as const
  return story.after('1s').add({ type: 'rolled-back', writeId: 'w-elsewhere', trigger: 'operator', result })
}
