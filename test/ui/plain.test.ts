import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { exitCodes, type ExitCode, type Outcome } from '../../src/core/exit-code.ts'
import { runEnvelope } from '../../src/ui/envelope.ts'
import { plain } from '../../src/ui/plain.ts'
import { forbiddenIn } from '../support/forbidden.ts'
import { golden } from '../support/golden.ts'
import { hostileText, poison } from '../support/hostile.ts'
import { healthyLaunch, heldAt10, rolledBackAt30, rolledBackElsewhere } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { ascii, coloured, describeStep, reported, stateOf } from '../support/views.ts'

function endOf(events: readonly LaunchEvent[], outcome: Outcome, exitCode: ExitCode = exitCodes[outcome]) {
  const state = stateOf(events)
  return runEnvelope({
    command: 'auto',
    env: 'production',
    sandbox: state.sandbox !== null,
    outcome,
    exitCode,
    error: null,
    state,
    plan: statusBoardPlan,
    events,
    report: '.launch/reports/launch.md',
    durationMs: state.last.at - state.openedAt,
  })
}

const stories = [
  ['healthy', healthyLaunch, 'succeeded'],
  ['rolled-back', rolledBackAt30, 'rolled-back'],
  ['held', heldAt10, 'stopped'],
  ['rolled-back-elsewhere', rolledBackElsewhere, 'rolled-back'],
] as const

describe('the plain log', () => {
  test.each(stories)('of a %s launch reads like this', (name, story, outcome) => {
    const { events } = story()

    const text = reported(plain, events, endOf(events, outcome))

    expect(text).toBe(golden(new URL(`golden/plain-${name}.txt`, import.meta.url), text))
  })
})

test('every phase, stage and gate of the run sheet is told with what was observed against which limit', () => {
  const { events } = healthyLaunch()

  const log = reported(plain, events, endOf(events, 'succeeded'))

  const lines = log.split('\n').map((line) => line.trim())
  const { phases } = statusBoardPlan
  const gates = phases
    .flatMap(({ gate, steps }) => [gate, ...steps.map((step) => step.gate)])
    .filter((gate) => gate !== null)
  const toldWithNumbers = (title: string) =>
    lines.some((line) => line.startsWith(`✔ pass  ${title}`) && /[<>=]|wanted/.test(line.slice(8 + title.length)))
  expect(phases.filter(({ title }) => !log.includes(`── ${title} ──`))).toEqual([])
  expect([10, 30, 50, 100].filter((percent) => !log.includes(`gate canary at ${percent}%: pass`))).toEqual([])
  expect(gates.filter(({ id }) => !log.includes(`gate ${id}`))).toEqual([])
  expect(gates.flatMap(({ checks }) => checks).filter(({ title }) => !toldWithNumbers(title))).toEqual([])
})

test('a gate that is heard from again in the moment it is left is told once', () => {
  const { events } = healthyLaunch()
  const left = events.findIndex((event) => event.type === 'stage-left')
  const look = events.slice(0, left).findLast((event) => event.type === 'gate-judged')
  const leave = events[left]
  if (!look || !leave) throw new Error('no stage')
  // Five minutes without a word, then the look that ends the bake.
  const later = epochMs(leave.at + 6 * 60_000)
  const told = [...events.slice(0, left), { ...look, at: later }, { ...leave, at: later }]
  const lines = reported(plain, told, endOf(told, 'stopped')).split('\n')
  const stamp = new Date(later).toISOString().slice(11, 19)
  expect(lines.filter((line) => line.startsWith(stamp) && line.includes('gate canary at 10%'))).toHaveLength(1)
})

test('a brief look that nothing follows is told before the next word', () => {
  const { events } = healthyLaunch()
  const until = (n: number) => reported(plain, events.slice(0, n), endOf(events.slice(0, n), 'stopped'))
  for (let n = 1; n < events.length; n += 1) {
    const told = until(n).split('\nresult')[0] ?? ''
    const all = events.slice(0, n).filter((event) => event.type === 'gate-judged')
    const keys = new Set(all.map(({ key }) => key))
    expect(told.match(/ gate \S+.*: (?:pass|fail|unknown)/g)?.length ?? 0).toBeGreaterThanOrEqual(keys.size)
  }
})

test('the end of a run is a result: it goes where results go', () => {
  const { events } = healthyLaunch()
  let result = ''
  const end = { write: (text: string) => void (result += text), theme: coloured }
  const log = reported(plain, events, endOf(events, 'succeeded'), { result: end })
  expect(stripVTControlCharacters(result)).toMatch(/^result +✔ succeeded[\s\S]*\nnext +launch archive/)
  expect(log).not.toMatch(/^result /m)
  expect(log).toMatch(/\n\n$/)
})

describe('what is written while a launch waits', () => {
  function waiting(spinner: { show(text: string): void; hide(): void } | null) {
    let text = ''
    const reporter = plain.create({
      write: (more) => void (text += more),
      writeJson: () => {},
      theme: ascii,
      plan: statusBoardPlan,
      describeStep,
      spinner,
    })
    return { reporter, written: () => text }
  }
  const start = Date.UTC(2026, 11, 1, 23, 0)

  test('is one line for each thing that is waited for, again every five minutes, not at every countdown', () => {
    const { reporter, written } = waiting(null)
    for (let second = 0; second <= 300; second += 10)
      reporter.onProgress(`next look in ${300 - second}s`, epochMs(start + second * 1000))
    reporter.onProgress('waiting for sign-off by qa-lead', epochMs(start + 1000))

    expect(written()).toBe(
      '2026-12-01 (times are UTC)\n23:00:00Z . next look in 300s\n23:05:00Z . next look in 0s\n23:00:01Z . waiting for sign-off by qa-lead\n',
    )
  })

  test('goes to the spinner where there is one, which makes way for lines', () => {
    const shown: string[] = []
    const { reporter, written } = waiting({ show: (text) => shown.push(text), hide: () => shown.push('hidden') })
    const { events } = rolledBackAt30()

    reporter.onProgress('next look in 30s\u001B[2J', epochMs(start))
    reporter.onEvent(events[0] ?? raise('no event'), stateOf(events.slice(0, 1)))

    expect(shown).toEqual(['next look in 30s', 'hidden'])
    expect(written()).toContain('opened by Jesus Ortiz')
  })
})

describe('the plain log and data nobody can trust', () => {
  test('writes no control character and no line of its own accord, whatever names, reasons and titles hold', () => {
    const { events } = rolledBackAt30()
    const log = (text: string) => {
      const bad = poison(events, text)
      return reported(plain, bad, poison(endOf(bad, 'rolled-back'), text), { plan: poison(statusBoardPlan, text) })
    }
    const lines = (text: string) => text.split('\n').length
    const clean = lines(log(''))

    fc.assert(
      fc.property(hostileText, (text) => {
        expect([forbiddenIn(log(text)), lines(log(text))]).toEqual([[], clean])
      }),
      { numRuns: 40 },
    )
  })

  test('looks the same in colour once colours are taken out', () => {
    const { events } = heldAt10()
    const end = endOf(events, 'stopped')

    const colour = reported(plain, events, end, { theme: coloured })

    expect(colour).toContain('\u001B[')
    expect(stripVTControlCharacters(colour)).toBe(reported(plain, events, end))
  })
})

function raise(message: string): never {
  throw new Error(message)
}
