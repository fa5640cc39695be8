import { describe, expect, test } from 'vitest'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

/** The sheet with one text replaced; fails when that text is not in it, so that no case tests the good sheet. */
function withChange(from: string, to: string): string {
  expect(smallSheet).toContain(from)
  return smallSheet.replace(from, to)
}

test('a mistake is shown with its line, a mark under the wrong word and what to write', () => {
  const error = refusal(withChange('below: 800ms }', 'below: 800 }'))
  expect(error.code).toBe('RUNSHEET_INVALID')
  expect(error.exitCode).toBe(2)
  expect(error.message).toBe(
    [
      'runsheet.yaml:14:70 below: "800" has no unit',
      '   14 │     - { kind: percentile, metric: board-load, percentile: 95, below: 800 }',
      `      │ ${' '.repeat(69)}^^^ write 800ms`,
    ].join('\n'),
  )
  expect(error.at).toEqual({
    file: 'runsheet.yaml',
    line: 14,
    col: 70,
    length: 3,
    source: '    - { kind: percentile, metric: board-load, percentile: 95, below: 800 }',
  })
})

describe('broken sheets say where and what', () => {
  // «…» is what has to be marked; the place is found by looking for those words in the text.
  const cases = [
    [
      'an unknown key',
      'app: demo',
      'app: demo\ncaptian: me',
      '«captian»: me',
      'unknown key "captian"',
      'did you mean captain',
    ],
    [
      'a wrong unit',
      'below: 1%',
      'below: 1pc',
      'below: «1pc»',
      'below: "1pc" is not a percentage from 0% to 100%',
      'write it like 1% or 0.5%',
    ],
    [
      'a duration without a unit',
      'lasts: 3h',
      'lasts: 3',
      'lasts: «3»',
      'lasts: "3" has no unit',
      'write 3s, 3m or 3h',
    ],
    [
      'a monitor without a unit',
      'monitor: 30m',
      'monitor: 30',
      'monitor: «30»',
      'monitor: "30" has no unit',
      'write 30s, 30m or 30h',
    ],
    ['an unknown gate', 'gate: ready', 'gate: redy', 'gate: «redy»', 'gate: no gate "redy"', 'did you mean ready'],
    [
      'an unknown gate of a canary',
      'gate: canary }',
      'gate: canari }',
      'gate: «canari»',
      'gate: no gate "canari"',
      'did you mean canary',
    ],
    [
      'stages that do not rise',
      '10%, 50%',
      '50%, 50%',
      '50%, «50%»',
      'stages: 50% after 50% does not rise',
      'write more than 50%',
    ],
    [
      'a first stage of nobody',
      '10%, 50%',
      '0%, 50%',
      '[«0%»',
      'stages: a stage of 0% exposes nobody',
      'start above 0%',
    ],
    [
      'stages that end early',
      '50%, 100%]',
      '50%]',
      '10%, «50%»]',
      'stages: the last stage is 50%, so the launch would never reach everybody',
      'end with 100%',
    ],
    ['an unknown step', 'run: [build', 'run: [bild', '[«bild»', 'phases[0].run: no step "bild"', 'did you mean build'],
    [
      'an unknown step with something behind it',
      '{ deploy: staging }',
      '{ deplyo: staging }',
      '«deplyo»',
      'phases[0].run[1]: no step "deplyo"',
      'did you mean deploy',
    ],
    [
      'a step with two words',
      '{ deploy: staging }',
      '{ deploy: staging, smoke: staging }',
      '«smoke»',
      'phases[0].run[1]: "smoke" is a second key in one step',
      'start a new item of run: for it',
    ],
    [
      'a step that takes nothing',
      'run: [build',
      'run: [{ build: fast }',
      'build: «fast»',
      'build: "build" takes nothing behind it',
      'write build',
    ],
    [
      'an unknown environment',
      'deploy: production',
      'deploy: prodution',
      'deploy: «prodution»',
      'deploy: no environment "prodution"',
      'did you mean production',
    ],
    [
      'an unknown key in a step',
      'bake: 10m',
      'bake: 10m, evry: 1m',
      '«evry»',
      'phases[1].run[1].canary: unknown key "evry"',
      'did you mean every',
    ],
    [
      'a list that uses itself',
      '  slo:\n',
      '  slo:\n    - { use: canary }\n',
      'use: «canary»',
      'use: this list leads back to itself: slo → canary → slo',
      'take one of the links out',
    ],
    ['an unknown list', 'use: slo', 'use: sol', 'use: «sol»', 'use: no list of checks "sol"', 'did you mean slo'],
    [
      'a missing metric',
      'metric: board-load',
      'metric: bord-load',
      'metric: «bord-load»',
      'metric: no metric "bord-load"',
      'did you mean board-load',
    ],
    [
      'an unknown kind',
      'kind: ratio',
      'kind: ration',
      'kind: «ration»',
      'kind: no kind "ration"',
      'did you mean ratio',
    ],
    [
      'a check without a kind',
      'kind: http, ',
      '',
      '[«{ health: true }»',
      'gates.ready[0]: kind is missing',
      'add kind: one of percentile',
    ],
    ['a key of a check', 'per: 5m', 'pre: 5m', '«pre»', 'gates.canary[1]: unknown key "pre"', 'did you mean per'],
    [
      'a role nobody is asked for',
      'kind: http, health: true',
      'kind: approval, roles: [qa-lead]',
      '[«qa-lead»]',
      'roles: no role under approvals: "qa-lead"',
      'add it to the run sheet',
    ],
    [
      'a missing key',
      ', bucket: demo-prod',
      '',
      '«production»: {',
      'environments.production: bucket is missing',
      'add bucket: S3 bucket that holds the site',
    ],
    [
      'a missing section',
      'flag: { key: new-board, default: off, store: { kind: s3, path: /flags/new-board.json } }\n',
      '',
      '«runsheet: 1»',
      'flag is missing',
      'add flag: the feature flag',
    ],
    [
      'a zone that does not exist',
      'America/Chicago',
      'America/Chicgo',
      '«America/Chicgo»',
      'timezone: "America/Chicgo" is not a time zone',
      'write an IANA name like America/Chicago',
    ],
    [
      'a day that does not exist',
      '2026-12-01',
      '2026-02-30',
      '«2026-02-30T18:00»',
      'opens: "2026-02-30T18:00" is not a local date and time',
      'write it like 2026-12-01T18:00',
    ],
    ['a flag store that does not exist', 'kind: s3', 'kind: s4', 'kind: «s4»', 'kind: no kind "s4"', 'did you mean s3'],
    [
      'a phase twice',
      'id: verify',
      'id: staging',
      '{ id: «staging», run: [{ mon',
      'id: "staging" is the id of an earlier phase',
      'choose another',
    ],
    [
      'no production',
      '  production:',
      '  prod:',
      '«environments»',
      'environments: production is missing',
      'name the environment of your users production',
    ],
    [
      'an account as a number',
      'bucket: demo-prod',
      'account: 222222222222, bucket: demo-prod',
      '«222222222222»',
      'account: "222222222222" is a number here',
      'write it in quotes',
    ],
    [
      'a placeholder in the wrong place',
      'app: demo',
      'app: "${env:HOME}"',
      '«"${env:HOME}"»',
      'app: ${env:HOME} is not allowed here',
      'only addresses',
    ],
    [
      'a variable that is not set',
      'bucket: demo-prod',
      'bucket: "${env:NOPE}"',
      '«"${env:NOPE}"»',
      'bucket: the environment variable NOPE is not set',
      'set NOPE, or write the value here',
    ],
    [
      'the environment in a bucket name',
      'bucket: demo-prod',
      'bucket: "demo-${environment}"',
      '«"demo-${environment}"»',
      'bucket: ${environment} has no meaning here',
      'it stands in metric dimensions',
    ],
    [
      'a heartbeat that does not exist',
      'sparse: true',
      'sparse: heartbeat',
      'sparse: «heartbeat»',
      'sparse: no metric "heartbeat"',
      'known are',
    ],
    [
      'a freeze that ends first',
      'app: demo',
      'app: demo\nfreezes: [{ from: 2026-12-24T00:00, to: 2026-12-23T00:00, timezone: UTC, why: rest }]',
      '«2026-12-23T00:00»',
      'to: the freeze ends before it begins',
      'write a later time',
    ],
  ] as const

  test.each(cases)('%s', (_name, from, to, mark, message, hint) => {
    const text = withChange(from, to)
    const error = refusal(text)
    const [first = '', , marks = ''] = error.message.split('\n')
    const { line, col, length } = placeOf(text, mark)
    expect(first).toBe(`runsheet.yaml:${line}:${col} ${message}`)
    expect(marks).toContain(`${'^'.repeat(length)} ${hint}`)
    expect(error.at).toMatchObject({ line, col, length })
    expect(error.message.split('\n')).toHaveLength(3)
    expect(error.code).toBe('RUNSHEET_INVALID')
  })

  function placeOf(text: string, mark: string): { line: number; col: number; length: number } {
    const [before = '', token = '', after = ''] = mark.split(/[«»]/)
    const start = text.indexOf(before + token + after)
    expect(start).toBeGreaterThanOrEqual(0)
    const lines = text.slice(0, start + before.length).split('\n')
    return { line: lines.length, col: (lines.at(-1) ?? '').length + 1, length: token.length }
  }
})
