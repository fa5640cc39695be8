import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { safeScreen } from '../../src/core/safe-text.ts'
import { awsServer, type AwsReply } from '../support/aws-server.ts'
import { forbiddenIn } from '../support/forbidden.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Titles, links, the clipboard, hidden and reordered text, a second line that looks like launch's own, both widths of controls. */
const hostile = [
  '\u001B]0;owned\u0007',
  '\u001B]52;c;ZWNobyBwd25lZA==\u0007',
  '\u001B]8;;https://evil.example\u001B\\click\u001B]8;;\u001B\\',
  '\u001B[2J\u001B[1;1H\u001B[8mhidden',
  '\u009B31m\u009D52;c;x\u009C',
  '\u202Egnp.exe\u2066\u200B',
  'first\r✔ launch succeeded',
  'first\n✔ launch succeeded',
  '\u0000\u0007\u0008\u007F',
  '\u001BP1$r\u001B\\\u001B_x\u001B\\\u001B^x\u001B\\',
].join(' ')
// A program cannot be given a NUL in an argument.
const typed = hostile.replaceAll('\u0000', '')

/** Bytes of colour that launch itself paints with: what is left must be text. */
// oxlint-disable-next-line no-control-regex -- finding them is what it is for
const paint = /\u001B\[(?:0|1|2|22|3[1-69]|9[0-7])m/g

describe('hostile text from everywhere', () => {
  let project: LaunchProject
  const outputs: { readonly line: string; readonly text: string }[] = []
  const launch = async (...args: readonly string[]) => {
    const ran = await project.run([...args, '--sandbox'], { env: { LAUNCH_ACTOR: typed, GIT_AUTHOR_NAME: typed } })
    outputs.push({ line: args.join(' ').slice(0, 60), text: ran.stdout + ran.stderr })
    return ran
  }

  beforeAll(async () => {
    const inSheet = JSON.stringify(hostile.replaceAll('\u0000', ''))
    project = await launchProject((sheet) =>
      sheet
        .replace('title: StatusBoardV2 (Sprint 6 → Prod)', `title: ${inSheet}`)
        .replace('title: Code frozen', `title: ${inSheet}`)
        .replace('responsibility: Overall launch coordination', `responsibility: ${inSheet}`)
        .replace('statement: All test scenarios passed', `statement: ${inSheet}`),
    )
    await launch('build', '--verbose')
    await launch('note', typed)
    await launch('issue', 'P3', typed)
    await launch('uat', 'block', typed, '--severity', 'critical')
    await launch('approve', 'qa-lead', '--note', typed)
    await launch('waive', 'preflight', typed, '--reason', typed)
    await launch('validate')
    await launch('rollback', 'emergency', '--reason', typed)
    const looks = [
      ['status', '--color'],
      ['status', '--json'],
      ['explain', '--color', '--points'],
      ['history', '--json'],
      ['report', '--json'],
      ['uat', 'report', '--color'],
      ['plan', '--color'],
      ['plan', '--markdown'],
      ['explain', typed],
      ['history', '--launch', typed],
      ['approve', typed],
      [typed],
      ['status', `--${typed}`],
      ['auto', '--scenario', typed],
      ['plan', '--env', typed],
      ['rollback', 'emergency', '--flag', typed],
    ]
    for (let at = 0; at < looks.length; at += 3)
      await Promise.all(looks.slice(at, at + 3).map((line) => launch(...line)))
  }, 120_000)
  afterAll(() => project[Symbol.asyncDispose]())

  test('comes out of every command as text: no escape, no control character, nothing that reorders', () => {
    const leaks = outputs.flatMap(({ line, text }) => {
      const codes = forbiddenIn(text.replaceAll(paint, ''))
      return codes.length === 0 ? [] : [`${line}: ${[...new Set(codes)].map((code) => code.toString(16)).join(' ')}`]
    })
    expect(leaks).toEqual([])
    expect(outputs.every(({ text }) => text !== '')).toBe(true)
  })

  test('writes no line of its own into a journal or a stream of events', async () => {
    const history = await launch('history', '--json')
    expect(() => JSON.parse(history.stdout)).not.toThrow()
    const events = await launch('validate', '--jsonl')
    for (const line of events.stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('type')
  }, 30_000)
})

test('what AWS answers reaches the terminal as text too', async () => {
  const reply: AwsReply = {
    status: 403,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>no &#x9b;31m \u009D52;c;x\u009C \u202E denied</Message></Error>`,
  }
  await using aws = await awsServer(() => reply)
  await using dir = await tempDir()
  const ran = await runBin(['rollback', 'emergency', '--flag', 's3://tiny/flags/x.json', '--region', 'us-east-1'], {
    cwd: dir.path,
    env: {
      AWS_ENDPOINT_URL: aws.endpoint,
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    },
  })
  expect(ran.exitCode).toBe(6)
  expect(ran.stderr).toContain('PutObject on s3://tiny/flags/x.json: no')
  expect(forbiddenIn(ran.stdout + ran.stderr)).toEqual([])
})

describe('the last border before a terminal', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom(
          '\u001B[',
          '\u001B]',
          '\u009B',
          '31',
          'm',
          ';',
          '8',
          '2J',
          '\u0007',
          '\u001B\\',
          'x',
          '\r',
          '\n',
          '\u202E',
        ),
      )
      .map((parts) => parts.join('')),
  )

  test('lets nothing but text, tabs, line ends and plain colours through', () => {
    fc.assert(
      fc.property(anything, fc.boolean(), (text, colours) => {
        const shown = safeScreen(text, colours)
        const left = (colours ? shown.replaceAll(paint, '') : shown).replaceAll('\t', '')
        expect(forbiddenIn(left).filter((code) => code < 0xd800)).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  test('changes nothing of what launch paints itself', () => {
    const line = '\u001B[32m✔ pass\u001B[39m \u001B[1m\u001B[36mpreflight\u001B[39m\u001B[22m\tgrößer → 日本\n'
    expect(safeScreen(line, true)).toBe(line)
  })
})
