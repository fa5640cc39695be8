import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFile } from 'node:fs/promises'
import { backtest } from '../../src/commands/backtest.ts'
import { scenarioNames, scenarios, type ScenarioName } from '../../src/sandbox/scenario.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { journalOf } from '../support/sandbox-files.ts'

const example = await readFile(
  new URL('../../examples/statusboard/backtest/errors-at-30.jsonl', import.meta.url),
  'utf8',
)

let project: LaunchProject
let sheet: string
beforeAll(async () => {
  project = await launchProject()
  sheet = await project.sheet()
  await project.write('recorded.jsonl', example)
  const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--quiet'])
  if (ran.exitCode !== 4) throw new Error(ran.stderr)
}, 60_000)
afterAll(() => project[Symbol.asyncDispose]())
const run = (...args: readonly string[]) => project.run(['backtest', ...args, '--sandbox'])
const json = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).stdout)

describe('launches of the journal', () => {
  test('every verdict of a recorded launch comes out the same, tick by tick, and so does its end', async () => {
    const found = await json()

    expect(found).toMatchObject({ outcome: 'succeeded', source: 'journal', error: null })
    const [launch] = found.launches
    expect(launch).toMatchObject({ outcome: 'rolled-back', samePlan: true, differences: [] })
    expect(launch.verdicts.judged).toBeGreaterThan(15)
    expect(launch.verdicts).toMatchObject({ equal: launch.verdicts.judged, worded: 0, different: 0, gone: 0 })
    expect(found.results[0].trials).toMatchObject([{ of: launch.launch, ended: 'stopped', stage: 30 }])
  })

  test('people see how many are equal and when it was stopped', async () => {
    const ran = await run('--last', '1')

    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toMatch(/rolled-back +✔ all \d+ equal\n/)
    expect(ran.stdout).toContain('decided again by the same run sheet:\n')
    expect(ran.stdout).toMatch(/✖ stopped +30 % +\d+(\.\d+)?m +Error rate < 1%/)
  })

  test('another run sheet gives what would have been instead, as far as the evidence goes', async () => {
    await project.write('runsheet.yaml', sheet.replace('bake: 10m', 'bake: 20m'))
    const ran = await run()
    await project.write('runsheet.yaml', sheet)

    expect(ran.stdout).toMatch(/✔ all \d+ equal\n/)
    expect(ran.stdout).toContain('the run sheet of now on the evidence of then:\n')
    expect(ran.stdout).toMatch(/\? undecided +10 % .*the recorded launch went on to 30 % there/)
    expect(ran.stdout).toContain('undecided: the evidence is what it was')
  })

  test('a limit that nobody counted above is said, beside those that were', async () => {
    const found = await json('--sweep', 'slo.board-p95=600ms..1000ms', '--steps', '3')
    expect(
      found.results.map(({ limit, trials }: { limit: string; trials: { why: string }[] }) => [
        limit,
        trials[0]?.why.slice(0, 12),
      ]),
    ).toEqual([
      ['600ms', 'not recorded'],
      ['800ms', expect.not.stringContaining('not')],
      ['1000ms', 'not recorded'],
    ])
  })
})

/** Metrics that come, come late, in bins or not at all, and an end of each kind; `LAUNCH_BACKTESTS=all` plays every scenario. */
const few: readonly ScenarioName[] = ['healthy', 'late-metrics', 'binned-latency', 'slow', 'throttled']
const names = process.env['LAUNCH_BACKTESTS'] === 'all' ? scenarioNames() : few
/** A staged scenario begins where two stages were left before; a sheet may also judge by its limits alone. */
const played = names.map((name) => [scenarios[name].staged ? `${name}@50` : name, 'sequential'] as const)
const plainly = (['outage-shared'] as const).map((scenario) => [scenario, 'threshold'] as const)

test.each([...played, ...plainly])(
  'every journaled verdict of %s comes out the same, judged %s',
  async (scenario, judge) => {
    await using own = await launchProject()
    const sequential = 'extendUpTo: 3x, gate: canary'
    const text = await own.sheet()
    expect(text).toContain(sequential)
    await own.write('runsheet.yaml', text.replace(sequential, `judge: ${judge}, ${sequential}`))
    const ran = await own.run(['auto', '--scenario', scenario, '--quiet'], { timeoutMs: 120_000 })
    expect([0, 3, 4, 8], ran.stderr).toContain(ran.exitCode)
    const journaled = (await journalOf(own.path)).filter(({ type }) => type === 'gate-judged')
    expect(journaled.length).toBeGreaterThan(0)

    const { launches } = JSON.parse((await own.run(['backtest', '--sandbox', '--json'])).stdout)
    expect(launches).toMatchObject([
      {
        samePlan: true,
        differences: [],
        verdicts: { judged: journaled.length, equal: journaled.length, worded: 0, different: 0, gone: 0 },
      },
    ])
  },
)

describe('past metrics', () => {
  test('a quiet day promotes every made-up canary: no false alarm', async () => {
    const found = await json('--from', '5h', '--every', '3h')

    expect(found).toMatchObject({ source: 'past', results: [{ stopped: 0, held: 0, undecided: 0 }] })
    expect(found.results[0].promoted).toBe(found.results[0].trials.length)
    expect(found.results[0].trials.length).toBeGreaterThanOrEqual(2)
    expect(found.notes[0]).toContain('drawn from everybody')
  })

  test('the same question has the same answer; a made-up regression is caught in its first stage', async () => {
    const order = ['--from', '5h', '--to', '2h', '--inject', 'errors=+5pp']
    const [once, again] = [await json(...order), await json(...order)]

    expect(again.results).toEqual(once.results)
    expect(once.results[0]).toMatchObject({ stopped: 1, trials: [{ ended: 'stopped', stage: 10 }] })
  })

  test('a sweep shows from which limit on the day is quiet', async () => {
    const ran = await run('--from', '5h', '--to', '2h', '--sweep', 'slo.errors=0.05%..1%', '--steps', '2')

    expect(ran.stdout).toMatch(/LIMIT +ENDED/)
    expect(ran.stdout).toMatch(/0\.05% +‖ held/)
    expect(ran.stdout).toMatch(/ 1% +✔ promoted/)
  })
})

describe('recorded minutes', () => {
  test('the example is stopped where its errors begin', async () => {
    const ran = await run('--series', 'recorded.jsonl')

    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toContain('the flag moves where the file says: 10 %, 30 %\n')
    expect(ran.stdout).toMatch(/✖ stopped +30 % +14m +Error rate < 1%/)
  })

  test('without shifts the stages of the run sheet are replayed', async () => {
    const lines = example.split('\n').filter((line) => !line.includes('"stage"'))
    await project.write('unshifted.jsonl', lines.join('\n'))
    const ran = await run('--series', 'unshifted.jsonl')

    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toContain("the run sheet's own stages are replayed")
  })

  test('a bad line ends with exit 2 and its number, and nothing is replayed', async () => {
    await project.write('bad.jsonl', `${example.split('\n')[0]}\n{"metric":"requests","count":"many"}\n`)
    const ran = await run('--series', 'bad.jsonl')

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toContain('bad.jsonl:2: ')
  })
})

describe('what cannot be replayed ends with exit 2 and says what to do', () => {
  test.each([
    [['--launch', 'X', '--series', 'f'], '--launch and --series are two backtests'],
    [['--from', 'yesterday'], '--from "yesterday" is no time'],
    [['--from', '1h', '--to', '50m'], 'no canary fits between'],
    [['--from', '8h', '--inject', 'errors=2%'], '--inject "errors=2%" is not'],
    [['--from', '8h', '--inject', 'board-load=+2pp'], 'no check of gate canary divides "board-load"'],
    [['--sweep', 'errors'], '--sweep "errors" is not a check and a range of limits'],
    [['--steps', '0'], '--steps "0" is not a whole number from 1 to 50'],
    [['--series', 'nowhere.jsonl'], 'nowhere.jsonl cannot be read'],
    [['--from', '40d', '--to', '39d'], 'there is no minute of'],
  ])('%s', async (args, message) => {
    const ran = await run(...args)
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toContain(message)
  })
})

test('every example of its help works', async () => {
  for (const [line] of backtest.examples) {
    const words = line
      .split(' ')
      .slice(2)
      .map((word) => (word.endsWith('.jsonl') ? 'recorded.jsonl' : word))
    // As quick as the others: a day is six hours here.
    const ran = await run(...words.map((word) => (word === '24h' ? '6h' : word)))
    expect([line, ran.exitCode, ran.stderr]).toEqual([line, 0, ''])
  }
}, 60_000)
