import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import { runEnvelope } from '../../src/ui/envelope.ts'
import { annotationLine, annotationsOf } from '../../src/ui/annotations.ts'
import { defused, workflowCommand } from '../../src/ui/github-commands.ts'
import { github } from '../../src/ui/github.ts'
import { gitlab } from '../../src/ui/gitlab.ts'
import { safeJson } from '../../src/ui/json.ts'
import { healthyLaunch as healthy, rolledBackAt30 as rolledBack } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { reported, stateOf } from '../support/views.ts'

const healthyLaunch = healthy().events
const rolledBackAt30 = rolledBack().events

function endOf(events: readonly LaunchEvent[], why: string | null = null) {
  const state = stateOf(events)
  return runEnvelope({
    command: 'auto',
    env: 'production',
    sandbox: false,
    outcome: why === null ? 'succeeded' : 'rolled-back',
    exitCode: why === null ? 0 : 4,
    error: why === null ? null : { code: 'ROLLED_BACK', message: why, hint: 'launch report tells why', at: null },
    state,
    plan: statusBoardPlan,
    events,
    report: null,
    durationMs: 1000,
  })
}

// The escapes of the runner's ActionCommand.cs.
test('a workflow command escapes what would end it or begin another property', () => {
  expect(workflowCommand('error', '100% of\r\nusers: a,b', { file: 'a:b,c%.yaml', line: 3 })).toBe(
    '::error file=a%3Ab%2Cc%25.yaml,line=3::100%25 of%0D%0Ausers: a,b\n',
  )
  expect(workflowCommand('endgroup', '')).toBe('::endgroup::\n')
})

/** Whether the runner would act on a line: `TryParseV2` (trimmed, `::x::` in front) or `TryParse` (`##[` anywhere). */
const actsOn = (line: string) => /^\s*::.*::/.test(line) || line.includes('##[')

test('what others wrote is never a command', () => {
  expect(actsOn('  ::add-mask::x')).toBe(true)
  const piece = fc.constantFrom('::', '##[', ':', '#', '[', ' ', '\n', 'set-output name=a', 'x', '\t', '\r\n')
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join('')
      for (const line of defused(text).split('\n')) expect(actsOn(line)).toBe(false)
      expect(defused(text).replaceAll('\u200B', '')).toBe(text)
      for (const line of safeJson({ text }, 2).split('\n')) expect(actsOn(line)).toBe(false)
      expect(JSON.parse(safeJson({ text }))).toEqual({ text })
    }),
  )
})

test('every phase is a group, and the end of the launch is outside of all of them', () => {
  const lines = reported(github, healthyLaunch, endOf(healthyLaunch)).split('\n')
  const commands = lines.filter((line) => line.startsWith('::'))

  expect(commands.filter((line) => line.startsWith('::group::'))).toHaveLength(statusBoardPlan.phases.length)
  // Groups do not nest on GitHub: each is closed before the next one.
  expect(commands.map((line) => line.replace(/(?<=^::group::).*/, ''))).toEqual(
    statusBoardPlan.phases.flatMap(() => ['::group::', '::endgroup::']),
  )
  const end = lines.findIndex((line) => line.startsWith('result '))
  expect(end).toBeGreaterThan(lines.lastIndexOf('::endgroup::'))
})

test('a launch that is rolled back in the middle of a phase closes its group, too', () => {
  const text = reported(github, rolledBackAt30, endOf(rolledBackAt30, 'error rate'))
  expect(text.match(/^::group::/gm)).toHaveLength(text.match(/^::endgroup::/gm)?.length ?? 0)
})

// https://docs.gitlab.com/ci/jobs/job_logs: \e[0Ksection_start:UNIX_TIMESTAMP:SECTION_NAME\r\e[0K
test('on GitLab every phase is a section with the times of the launch', () => {
  const text = reported(gitlab, healthyLaunch, endOf(healthyLaunch))
  // oxlint-disable-next-line no-control-regex -- the markers are made of them
  const marks = [...text.matchAll(/\u001B\[0Ksection_(start|end):(\d+):([A-Za-z0-9_.-]+)\r\u001B\[0K/g)]
  expect(marks.map(([, what]) => what)).toEqual(statusBoardPlan.phases.flatMap(() => ['start', 'end']))
  const started = healthyLaunch.find(({ type }) => type === 'phase-started')
  expect(Number(marks[0]?.[2])).toBe(Math.floor((started?.at ?? 0) / 1000))
  expect(marks[0]?.[3]).toBe(marks[1]?.[3])
})

test('a failing check is an error beside its line of the run sheet, after the end and before what is only unknown', () => {
  const place = { file: 'runsheet.yaml', line: 89, col: 7 }
  const plan = {
    ...statusBoardPlan,
    phases: statusBoardPlan.phases.map((phase) => ({
      ...phase,
      steps: phase.steps.map((step) =>
        step.gate
          ? { ...step, gate: { ...step.gate, checks: step.gate.checks.map((check) => ({ ...check, at: place })) } }
          : step,
      ),
    })),
  }
  const found = annotationsOf(plan, stateOf(rolledBackAt30), endOf(rolledBackAt30, 'error rate at 30 %'))

  expect(found[0]).toMatchObject({ level: 'error', title: 'launch: rolled-back', at: null })
  expect(found[0]?.message).toBe('error rate at 30 %; launch report tells why')
  const failing = found.filter(({ level, at }) => level === 'error' && at !== null)
  expect(failing.length).toBeGreaterThan(0)
  const [first] = failing
  if (!first) throw new Error('no failing check')
  expect(annotationLine(first, (file) => `sheets/${file}`)).toMatch(
    /^::error file=sheets\/runsheet\.yaml,line=89,col=7,title=[^:]+::.+\n$/,
  )
  const order = found.map(({ level }) => ['error', 'warning', 'notice'].indexOf(level))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
})

test('a launch that went through has no errors, and no level has more than GitHub shows', () => {
  const state = stateOf(healthyLaunch)
  expect(annotationsOf(statusBoardPlan, state, endOf(healthyLaunch)).filter(({ level }) => level === 'error')).toEqual(
    [],
  )
  const [gate] = Object.values(state.gates)
  const [check] = gate?.checks ?? []
  if (!gate || !check) throw new Error('no check')
  const checks = Array.from({ length: 30 }, (_, index) => ({
    ...check,
    id: `c${index}`,
    judgement: { ...check.judgement, verdict: 'fail' as const, why: `no ${index}` },
  }))
  const many = annotationsOf(
    statusBoardPlan,
    { ...state, gates: { all: { ...gate, checks } } },
    endOf(healthyLaunch, 'x'),
  )
  expect(many).toHaveLength(10)
  expect(many.at(-1)?.message).toContain('(and 21 more, see the log)')
})
