import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import type { Answer, Question } from '../../src/core/ports.ts'
import { terminalPeople } from '../../src/host/prompt.ts'
import { startPty } from '../support/pty.ts'
import { tempDir } from '../support/temp-dir.ts'

const never = new AbortController().signal
const confirm: Question = { type: 'confirm', id: 'copy', text: 'Copy approved?' }
const approval: Question = { type: 'approval', id: 'qa', role: 'qa-lead', statement: 'All flows pass on staging.' }
const go: Question = { type: 'go', id: 'go', text: 'Gate C passed.' }
const production: Question = { type: 'proceed', id: 'p', text: 'Deploy 4f2a to production.', danger: 'production' }
const phase: Question = { type: 'proceed', id: 's', text: 'Start staging?', danger: 'phase' }

const held: Question = { type: 'held', id: 'h', text: 'Held at 30 %.', promotable: true }
const failing: Question = { ...held, promotable: false }

const talks: readonly {
  readonly says: string
  readonly question: Question
  readonly lines: readonly string[]
  readonly want: Pick<Answer, 'answer' | 'note'>
}[] = [
  { says: 'y answers a question', question: confirm, lines: ['y'], want: { answer: 'yes', note: '' } },
  {
    says: 'a no is asked for its reason',
    question: confirm,
    lines: ['no', 'typo in headline'],
    want: { answer: 'no', note: 'typo in headline' },
  },
  { says: 'Enter alone is no answer', question: phase, lines: ['', 'maybe', 'Y '], want: { answer: 'yes', note: '' } },
  {
    says: 'an approval takes a note behind the word',
    question: approval,
    lines: ['yes, ran twice'],
    want: { answer: 'yes', note: 'ran twice' },
  },
  { says: 'go is said in full', question: go, lines: ['y', 'go'], want: { answer: 'yes', note: '' } },
  {
    says: 'no-go is a no with its reason',
    question: go,
    lines: ['no-go', 'p95 too near'],
    want: { answer: 'no', note: 'p95 too near' },
  },
  {
    says: 'production needs the whole word',
    question: production,
    lines: ['y', 'yes'],
    want: { answer: 'yes', note: '' },
  },
  {
    says: 'production takes nothing behind a yes',
    question: production,
    lines: ['yes but not now', 'no not now'],
    want: { answer: 'no', note: 'not now' },
  },
  { says: 'production can be declined', question: production, lines: ['no', ''], want: { answer: 'no', note: '' } },
  {
    says: 'a held stage is promoted with its reason',
    question: held,
    lines: ['y', 'promote night'],
    want: { answer: 'yes', note: 'night' },
  },
  {
    says: 'a held stage that fails cannot be promoted',
    question: failing,
    lines: ['promote', 'rollback', 'errors'],
    want: { answer: 'no', note: 'errors' },
  },
  {
    says: 'Enter takes what is recommended at a held stage, and its reason is asked for',
    question: { ...failing, recommended: 'rollback' },
    lines: ['', 'as the matrix says'],
    want: { answer: 'no', note: 'as the matrix says' },
  },
  {
    says: 'a note cannot carry escape sequences',
    question: approval,
    lines: ['y fine\u001B[31m!'],
    want: { answer: 'yes', note: 'fine!' },
  },
]

for (const { says, question, lines, want } of talks) {
  test(says, async () => {
    const terminal = typist(lines)

    const answer = await terminalPeople(terminal, 'captain').ask(question, never)

    expect(answer).toEqual({ ...want, by: 'captain', via: 'terminal' })
    expect(terminal.waiting).toEqual([])
  })
}

test('what is asked is shown, with the role, and without what the text hides', async () => {
  const terminal = typist(['y', ''])

  await terminalPeople(terminal, 'captain').ask({ ...approval, statement: 'All pass\u001B[2J.' }, never)

  const shown = String(terminal.output.read())
  expect(shown).toContain('All pass.\n')
  expect(shown).toContain('Sign off as qa-lead? y or n')
  expect(shown).not.toContain('\u001B[2J')
})

test('waiting leaves a held stage as it is', async () => {
  expect(await terminalPeople(typist(['wait']), 'captain').ask(held, never)).toBeNull()
})

test('Enter waits where waiting is recommended', async () => {
  const terminal = typist([''])
  expect(await terminalPeople(terminal, 'captain').ask({ ...held, recommended: 'wait' }, never)).toBeNull()
  expect(String(terminal.output.read())).toContain('[Enter: wait]')
})

test.each([confirm, approval, go, production, phase, held])(
  'at a $type question the launch can be given to another captain',
  async (question) => {
    const named = terminalPeople(typist(['handover Ana Lima: my shift ends']), 'captain')
    await expect(named.ask(question, never)).rejects.toMatchObject({
      code: 'STOPPED',
      message: 'handed over to Ana Lima: my shift ends',
    })
    const asked = terminalPeople(typist(['handover', '', 'Ben']), 'captain')
    await expect(asked.ask(question, never)).rejects.toMatchObject({ message: 'handed over to Ben' })
  },
)

test('where input or output is no terminal nobody is asked', async () => {
  const typing = typist(['y'])
  const silent = new PassThrough()

  expect(await terminalPeople({ input: new PassThrough(), output: typing.output }, 'ci').ask(confirm, never)).toBeNull()
  expect(await terminalPeople({ input: typing.input, output: silent }, 'ci').ask(confirm, never)).toBeNull()
  expect(silent.read()).toBeNull()
})

test('the end of input stops the launch instead of waiting for ever', async () => {
  const terminal = typist([])
  setTimeout(() => terminal.input.end(), 60)

  await expect(terminalPeople(terminal, 'captain').ask(confirm, never)).rejects.toMatchObject({
    code: 'STOPPED',
    exitCode: 130,
  })
})

test('an abort ends the question with its own reason', async () => {
  const aborter = new AbortController()
  setTimeout(() => aborter.abort(new Error('rolled back by on-call')), 60)

  await expect(terminalPeople(typist([]), 'captain').ask(confirm, aborter.signal)).rejects.toThrow(
    'rolled back by on-call',
  )
})

test('in a real terminal: an answer, Ctrl-C, Ctrl-D, and keys typed before the question', async () => {
  await using dir = await tempDir()
  const program = dir.file('ask.mjs')
  const entry = fileURLToPath(new URL('../fixtures/ask-in-terminal.ts', import.meta.url))
  await build({
    entryPoints: [entry],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  const ask = (env: Record<string, string> = {}) =>
    startPty([process.execPath, program], { cwd: dir.path, env: { PATH: process.env['PATH'], ...env } })

  await using answering = ask()
  await answering.waitFor('y or n: ')
  answering.type('y\r')
  await answering.waitFor('RESULT {"answer":"yes"')

  await using interrupting = ask()
  await interrupting.waitFor('y or n: ')
  interrupting.type('\u0003')
  await interrupting.waitFor('RESULT STOPPED')

  await using ending = ask()
  await ending.waitFor('y or n: ')
  ending.type('\u0004')
  await ending.waitFor('RESULT STOPPED')

  await using early = ask({ LATE_MS: '300' })
  await early.waitFor('working')
  early.type('y\r')
  await early.waitFor('y or n: ')
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(early.screen()).not.toContain('RESULT')
  early.type('n\r')
  await early.waitFor('RESULT {"answer":"no"')
  expect(await early.exitCode).toBe(0)
})

/** Two ends that say they are a terminal; a line is typed whenever a question waits (its text ends with a space). */
function typist(lines: readonly string[]) {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = Object.assign(new PassThrough(), { isTTY: true })
  const waiting = [...lines]
  const write = output.write.bind(output)
  output.write = (chunk: unknown, ...rest: readonly unknown[]) => {
    if (/[?:)] $/.test(String(chunk))) {
      const line = waiting.shift()
      if (line !== undefined) setTimeout(() => input.write(`${line}\n`), 5)
    }
    return Reflect.apply(write, output, [chunk, ...rest]) === true
  }
  return { input, output, waiting }
}
