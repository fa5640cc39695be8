import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { junitXml } from '../../src/report/junit.ts'
import { hostileText, poison } from '../support/hostile.ts'
import { rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { stateOf } from '../support/views.ts'

const state = stateOf(rolledBackAt30().events)
const hasPython = spawnSync('python3', ['--version']).status === 0

/** What an XML parser that is not ours reads: suites, and of each case its verdict. */
const reader = `
import json, sys, xml.etree.ElementTree as tree
def suites(text):
  return [dict(suite.attrib, cases=[dict(case.attrib, verdict=[child.tag for child in case]) for case in suite]) for suite in tree.fromstring(text)]
print(json.dumps([suites(text.encode()) for text in json.load(sys.stdin)]))
`
type Suite = {
  readonly name: string
  readonly tests: string
  readonly failures: string
  readonly cases: readonly { readonly name: string; readonly classname: string; readonly verdict: readonly string[] }[]
}
const read = (...files: readonly string[]): readonly (readonly Suite[])[] =>
  JSON.parse(execFileSync('python3', ['-c', reader], { input: JSON.stringify(files) }).toString())

test.skipIf(!hasPython)('every gate is a suite and every check a case: a fail is a failure, unknown an error', () => {
  const [suites = []] = read(junitXml(statusBoardPlan, state))

  expect(suites.map(({ name }) => name)).toEqual(Object.keys(state.gates))
  for (const { name, tests, failures, cases } of suites) {
    const checks = state.gates[name]?.checks ?? []
    expect(cases.map((one) => one.name)).toEqual(checks.map(({ title }) => title))
    const tags = { pass: [], fail: ['failure'], unknown: ['error'], waived: ['skipped'] }
    expect(cases.map(({ verdict }) => verdict)).toEqual(checks.map(({ judgement }) => tags[judgement.verdict]))
    expect(Number(tests)).toBe(checks.length)
    expect(Number(failures)).toBe(checks.filter(({ judgement }) => judgement.verdict === 'fail').length)
  }
  expect(suites.some(({ failures }) => failures !== '0')).toBe(true)
})

test.skipIf(!hasPython)(
  'whatever is in a title or a reason, the file stays XML',
  () => {
    const texts = fc.sample(hostileText, 30).concat('\uFFFE\uFFFF\u0000\uD800', ']]>', '"><failure/>')
    const all = read(...texts.map((text) => junitXml(poison(statusBoardPlan, text), poison(state, text))))
    expect(all).toHaveLength(texts.length)
    expect(new Set(all.map(({ length }) => length))).toEqual(new Set([Object.keys(state.gates).length]))
  },
  30_000,
)
