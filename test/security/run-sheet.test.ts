import { describe, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { tolerantRead } from '../../src/runsheet/tolerant.ts'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

/** Milliseconds of the processor since then: the machine may be busy. */
function cpuMs(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1000
}

/** What a hostile run sheet gets: a refusal with its place, soon. */
function refusedSoon(text: string) {
  const before = process.cpuUsage()
  const error = refusal(text)
  expect(cpuMs(before)).toBeLessThan(2000)
  expect(error.outcome).toBe('invalid')
  expect(error.at?.line).toBeGreaterThanOrEqual(1)
  return error
}

function outcomeOf(text: string): string {
  try {
    compilePlan(loadSheet(text, 'runsheet.yaml', {}))
    return 'taken'
  } catch (error) {
    return error instanceof LaunchError ? error.outcome : String(error)
  }
}

const laughs = (levels: number) =>
  [
    'a0: &a0 [lol, lol]',
    ...Array.from({ length: levels }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`),
  ].join('\n')

describe('a run sheet that is made to harm', () => {
  test.each([
    ['a billion laughs', laughs(9)],
    ['many aliases of one value', `a: &a x\nb: [${'*a,'.repeat(500)}]`],
    ['20,000 open brackets', '['.repeat(20_000)],
    ['20,000 open braces', '{a: '.repeat(20_000)],
    ['20,000 dashes on a line', '- '.repeat(20_000)],
    ['20,000 levels of indentation', Array.from({ length: 2000 }, (_, n) => `${' '.repeat(n)}a:`).join('\n')],
    ['a megabyte of text', `app: "${'x'.repeat(1024 * 1024)}"`],
    ['20,000 keys', Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')],
    ['nested merge keys', `a: &a {<<: {<<: {<<: {b: 1}}}}\nc: {<<: *a}`],
    ['tags of other languages', 'app: !!js/function "function () { return process }"'],
    ['binary', 'app: !!binary aGVsbG8='],
    ['control characters', `app: "\u0000\u001B[2J"\n${smallSheet}`],
  ])('%s is refused with its place, soon', (_what, text) => {
    const { message } = refusedSoon(text)
    // oxlint-disable-next-line no-control-regex -- a message must have none
    expect(message).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/)
  })

  test.each(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'])(
    'a key called %s is refused or a plain name, and changes no other object',
    (key) => {
      const sheets = [
        `${key}: { polluted: yes }\n${smallSheet}`,
        smallSheet.replace('metrics:\n', `metrics:\n  ${key}: { namespace: Demo, name: Polluted }\n`),
        smallSheet.replace('gates:\n', `gates:\n  ${key}: [{ kind: http, health: true }]\n`),
        smallSheet.replace(
          'environments:\n',
          `environments:\n  ${key}: { region: us-east-1, bucket: polluted, url: "https://x.example" }\n`,
        ),
      ]
      for (const sheet of sheets) {
        expect(outcomeOf(sheet)).toMatch(/^(?:taken|invalid)$/)
        expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
        expect(Object.keys(Object.prototype)).toEqual([])
        expect(Object.prototype.toString.call({})).toBe('[object Object]')
      }
    },
  )

  test('a key that is there twice is refused, wherever it stands', () => {
    expect(refusedSoon(`${smallSheet}app: other\n`).message).toContain('"app"')
    expect(refusedSoon(smallSheet.replace('bucket: demo-prod,', 'bucket: demo-prod, bucket: evil,')).message).toContain(
      '"bucket"',
    )
  })

  test('words of YAML 1.1 are words: no is no false, 010 is ten', () => {
    expect(refusedSoon(smallSheet.replace('health: true', 'health: yes')).message).toContain('health')
    expect(refusedSoon(smallSheet.replace('percentile: 95', 'percentile: 0o137x')).message).toContain('percentile')
    const { sheet } = loadSheet(smallSheet.replace('app: demo', 'app: no'), 'runsheet.yaml', {})
    expect(sheet.app).toBe('no')
  })

  test.each(['[10%, 10%]', '[50%, 10%]', '[10%, 101%]', '[0%]', '[-5%, 100%]', '[10.5.1%]', '[ten]'])(
    'stages %s are refused',
    (stages) => {
      expect(refusedSoon(smallSheet.replace('[10%, 50%, 100%]', stages)).message).toMatch(/stage|percent|%/)
    },
  )

  test('a key nobody knows is refused, so that a misspelt guard is no missing guard', () => {
    expect(refusedSoon(smallSheet.replace('gate: canary', 'gates: canary')).message).toContain('gates')
    expect(refusedSoon(`freeze: []\n${smallSheet}`).message).toContain('freeze')
  })

  test.each([
    ['the flag', '/flags/new-board.json', '/../../other/flag.json'],
    ['the flag', '/flags/new-board.json', '/flags/%2e%2e/x.json?versionId=1'],
    ['the site', 'https://demo.example', 'https://user:password@demo.example'],
    ['the site', 'https://demo.example', 'file:///etc/passwd'],
    ['the site', 'https://demo.example', 'javascript:alert(1)'],
  ])('an address of %s that leads elsewhere is refused: %s → %s', (_of, from, to) => {
    expect(refusedSoon(smallSheet.replace(from, `"${to}"`))).toMatchObject({ code: 'RUNSHEET_INVALID' })
  })
})

const titled = (title: string) => smallSheet.replace('app: demo', `app: demo\ntitle: ${title}`)
const many = (make: (n: number) => string, count: number) => Array.from({ length: count }, (_, n) => make(n)).join('')

describe('a run sheet below the longest size, made to be looked through again and again', () => {
  test.each([
    ['an open quote, and escaped ones behind it', `${smallSheet}state: "${'\\"'.repeat(130_000)}`],
    ['placeholders that nothing closes', titled(`"${'${'.repeat(115_000)}"`)],
    ['placeholders that are none', titled(`"${'${x}'.repeat(60_000)}"`)],
    ['lines that say TODO', `${smallSheet}${'#TODO\n'.repeat(41_000)}`],
    ['a line that says TODO and is broken in an odd place', `${smallSheet}# TODO${' '.repeat(240_000)}x\ry`],
    ['spaces in the middle of a text', smallSheet.replace('app: demo', `app: a${' '.repeat(248_000)}b`)],
    ['spaces before a comment that is none', smallSheet.replace('app: demo', `app: a${' '.repeat(248_000)}b#`)],
    ['spaces in a line of a map', `flag:\n  key: a${' '.repeat(248_000)}b\n${smallSheet}`],
    ['slashes behind an address', smallSheet.replace('demo.example,', `demo.example${'/'.repeat(240_000)}x,`)],
    ['beginnings of a token', titled(`"${'eyJ-'.repeat(60_000)}"`)],
    [
      'lists that take each other over in a row',
      smallSheet.replace('gates:\n', `gates:\n${many((n) => `  g${n}: [{ use: g${n + 1} }]\n`, 1900)}`),
    ],
    [
      'names that are not there, beside many that are',
      smallSheet.replace(
        'metrics:\n',
        `metrics:\n${many((n) => `  m${'ab'.repeat(25)}${n}: { namespace: A, name: B, sparse: x${'ba'.repeat(25)}${n} }\n`, 1200)}`,
      ),
    ],
  ])('%s: read or refused soon, and in an emergency, too', async (_what, text) => {
    expect(text.length).toBeLessThan(256 * 1024)
    const before = process.cpuUsage()
    expect(outcomeOf(text)).toMatch(/^(?:taken|invalid)$/)
    expect(cpuMs(before)).toBeLessThan(2000)
    const beforeEmergency = process.cpuUsage()
    expect(await tolerantRead(text)).toMatchObject({ environments: { production: { bucket: 'demo-prod' } } })
    expect(cpuMs(beforeEmergency)).toBeLessThan(1000)
  })

  test('a text longer than any run sheet needs is refused with its place, and no rollback reads it', async () => {
    const text = smallSheet.replace('demo-prod', 'x'.repeat(20_000))
    expect(refusedSoon(text).message).toMatch(/^runsheet\.yaml:6:44 this text has 20000 characters\n[^]*under 16384$/)
    const { environments } = await tolerantRead(text)
    expect(environments?.['production']).toEqual({ region: 'us-east-1', url: 'https://demo.example' })
  })

  test('lists that double each other come to an end before they are counted one by one', () => {
    const doubling = many((n) => `  g${n}: [{ use: g${n + 1} }, { use: g${n + 1} }]\n`, 30)
    const text = smallSheet
      .replace('gates:\n', `gates:\n${doubling}  g30: [{ kind: http }]\n`)
      .replace('gate: ready', 'gate: g0')
    expect(refusedSoon(text).message).toMatch(
      /^runsheet\.yaml:52:50 gate: with the checks of "g0" the phases come to more than 2000\n/,
    )
  })
})

describe('webhooks', () => {
  const channels = (webhook: string) => `${smallSheet}channels:\n  alerts: { name: "#alerts", webhook: "${webhook}" }\n`

  test('are named by their variable: an address in the sheet is refused, and not repeated', () => {
    const address = 'https://hooks.slack.com/services/T000/B000/abcdefghijkl'
    const { message } = refusedSoon(channels(address))
    expect(message).not.toContain('abcdefghijkl')
    expect(refusedSoon(channels('https://chat.example/hooks/abc')).code).toBe('RUNSHEET_INVALID')
    expect(loadSheet(channels('${env:SLACK_ALERTS}'), 'runsheet.yaml', {}).sheet.app).toBe('demo')
  })
})
