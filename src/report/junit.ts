import { isoTime } from '../core/brand.ts'
import type { CheckResult } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { LaunchState } from '../core/state.ts'
import { safeText } from '../ui/text.ts'
import { measure } from '../ui/format.ts'

/**
 * The gates of a launch as JUnit XML, as GitHub and GitLab read it: a suite for every look at a gate, a case for every check. What is
 * unknown is an error, not a failure: nothing was seen to be wrong. What was waived is skipped.
 */
export function junitXml(plan: Plan, state: LaunchState): string {
  const suites = Object.entries(state.gates).map(([key, gate]) => suite(plan, key, gate))
  const all = Object.values(state.gates).flatMap(({ checks }) => checks)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: plan.title, ...counts(all) })}>`,
    ...suites.flat(),
    '</testsuites>',
    '',
  ].join('\n')
}

function suite(plan: Plan, key: string, gate: LaunchState['gates'][string]): readonly string[] {
  const { checks, at, window, environment } = gate
  const head = {
    name: key,
    ...counts(checks),
    timestamp: isoTime(at),
    time: String(Math.max(0, at - window.from) / 1000),
    hostname: environment,
  }
  return [
    `  <testsuite ${attributes(head)}>`,
    ...checks.flatMap((check) => testCase(plan, key, gate.gate, check)),
    '  </testsuite>',
  ]
}

function testCase(plan: Plan, key: string, gate: string, check: CheckResult): readonly string[] {
  const at = placesOf(plan, gate).get(check.id) ?? null
  const place = at === null ? {} : { file: at.file, line: String(at.line) }
  const head = `    <testcase ${attributes({ classname: key, name: check.title, ...place })}`
  const body = verdictOf(check)
  return body === null ? [`${head}/>`] : [`${head}>`, `      ${body}`, '    </testcase>']
}

function placesOf(plan: Plan, gate: string) {
  const planned = plannedGates(plan).find(({ id }) => id === gate)
  return new Map((planned?.checks ?? []).map(({ id, at }) => [id, at]))
}

function verdictOf({ kind, judgement }: CheckResult): string | null {
  const { verdict, why } = judgement
  const value = measure(judgement)
  const message = value === '' ? why : `${value}: ${why}`
  switch (verdict) {
    case 'pass':
      return null
    case 'fail':
      return `<failure ${attributes({ message, type: kind })}>${escaped(message)}</failure>`
    case 'unknown':
      return `<error ${attributes({ message, type: kind })}>${escaped(message)}</error>`
    case 'waived':
      return `<skipped ${attributes({ message })}/>`
  }
}

function counts(checks: readonly CheckResult[]) {
  const of = (verdict: string) => String(checks.filter(({ judgement }) => judgement.verdict === verdict).length)
  return { tests: String(checks.length), failures: of('fail'), errors: of('unknown'), skipped: of('waived') }
}

function attributes(values: { readonly [name: string]: string }): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(' ')
}

/** XML 1.0 has no control characters, in no form, and two characters at the end of a plane that are none. */
function escaped(text: string): string {
  return safeText(text)
    .replaceAll(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
