import { createInterface, type Interface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { LaunchError } from '../core/errors.ts'
import { handedOver } from '../core/hand-over.ts'
import type { Answer, People, Question } from '../core/ports.ts'
import { safeLine, safeText } from '../core/safe-text.ts'

export type PromptStreams = {
  readonly input: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown }
  /** stderr: stdout is for results. */
  readonly output: Writable & { readonly isTTY?: boolean }
}

/** What stands above the line that is typed into: finished text, ending with a line break. */
export type Introduction = (question: Question) => string

/** Asks for one line. Throws LaunchError STOPPED at the end of input and on Ctrl-C, and the signal's reason when aborted. */
type Ask = (query: string, signal: AbortSignal) => Promise<string>

/** A word that answers, and what the person wrote behind it. */
type Said = { readonly word: string; readonly note: string }

/** The person at this terminal. Where input or output is no terminal nobody is there: every question is answered by null. */
export function terminalPeople(streams: PromptStreams, by: string, introduce: Introduction = plainly): People {
  const ask = linePrompt(streams)
  return {
    ask: async (question, signal) => {
      if (streams.input.isTTY !== true || streams.output.isTTY !== true) return null
      signal.throwIfAborted()
      await discardTypedAhead(streams.input)
      streams.output.write(introduce(question))
      const answer = await answerTo(question, ask, signal)
      return answer && { ...answer, by, via: 'terminal' }
    },
  }
}

/** The question in its own words. */
function plainly(question: Question): string {
  return `${safeText(question.type === 'approval' ? question.statement : question.text)}\n`
}

async function answerTo(
  question: Question,
  ask: Ask,
  signal: AbortSignal,
): Promise<Pick<Answer, 'answer' | 'note'> | null> {
  switch (question.type) {
    case 'confirm':
      return withReason(await choose(ask, `y or n, a note may follow`, yesNo, signal), ask, signal)
    case 'approval':
      return withReason(
        await choose(ask, `Sign off as ${question.role}? y or n, a note may follow`, yesNo, signal),
        ask,
        signal,
      )
    case 'go':
      return withReason(await choose(ask, 'go or no-go, a note may follow', ['go', 'no-go'], signal), ask, signal)
    case 'proceed':
      if (question.danger === 'phase') return yesOrNo(await choose(ask, 'y or n', yesNo, signal))
      return withReason(await typedYes(ask, signal), ask, signal)
    case 'held':
      return heldAnswer(question, ask, signal)
    case 'failed':
      return againAnswer(ask, signal)
  }
}

const yesNo = ['y', 'yes', 'n', 'no'] as const

/** A word that nobody types by habit stands before production, and nothing behind it. */
async function typedYes(ask: Ask, signal: AbortSignal): Promise<Said> {
  for (;;) {
    const said = await choose(ask, 'type yes to change production, no to stop', ['yes', 'no'], signal)
    if (said.word === 'no' || said.note === '') return said
  }
}

/** Null: the stage stays as it is. Only a fail takes the choice to promote away. Enter alone takes what is recommended. */
async function heldAnswer(
  { promotable, recommended }: Extract<Question, { type: 'held' }>,
  ask: Ask,
  signal: AbortSignal,
): Promise<Pick<Answer, 'answer' | 'note'> | null> {
  const words = promotable ? ['promote', 'rollback', 'wait'] : ['rollback', 'wait']
  const enter = recommended === undefined ? '' : ` [Enter: ${recommended}]`
  const said = await choose(ask, `${inWords(words)}, a reason may follow${enter}`, words, signal, recommended)
  if (said.word === 'wait') return null
  const { word } = said
  return { answer: word === 'promote' ? 'yes' : 'no', note: said.note || (await reason(ask, signal)) }
}

/** Null: it ends here. */
async function againAnswer(ask: Ask, signal: AbortSignal): Promise<Pick<Answer, 'answer' | 'note'> | null> {
  const said = await choose(ask, 'again or stop [Enter: stop]', ['again', 'stop'], signal, 'stop')
  return said.word === 'again' ? { answer: 'yes', note: said.note } : null
}

function yesOrNo({ word, note }: Said): Pick<Answer, 'answer' | 'note'> {
  return { answer: word === 'go' || word.startsWith('y') ? 'yes' : 'no', note }
}

/** A no without a word why is asked for one. */
async function withReason(said: Said, ask: Ask, signal: AbortSignal): Promise<Pick<Answer, 'answer' | 'note'>> {
  const answer = yesOrNo(said)
  return answer.answer === 'no' && answer.note === '' ? { answer: 'no', note: await reason(ask, signal) } : answer
}

async function reason(ask: Ask, signal: AbortSignal): Promise<string> {
  return safeLine(await ask('Reason (Enter for none): ', signal))
}

/**
 * Asks until the line begins with one of the words; an empty line is no answer, unless one is preselected. At every question
 * the launch can be given to somebody else.
 */
async function choose(
  ask: Ask,
  text: string,
  words: readonly string[],
  signal: AbortSignal,
  preselected?: string,
): Promise<Said> {
  for (let query = text; ; query = `please answer ${inWords(words)}`) {
    const line = safeLine(await ask(`${query}: `, signal))
    const [given = ''] = line.split(/[\s,;:.]/, 1)
    const word = given.toLowerCase()
    const note = line.slice(given.length).replace(/^[\s,;:.]+/, '')
    if (line === '' && preselected !== undefined) return { word: preselected, note: '' }
    if (words.includes(word)) return { word, note }
    if (word === 'handover') throw await givenTo(note, ask, signal)
  }
}

/** `handover Ana: she is on call from six` */
async function givenTo(said: string, ask: Ask, signal: AbortSignal): Promise<LaunchError> {
  const [to = '', note = ''] = said.split(/:\s*(.*)/s)
  for (let name = to.trim(); ; name = safeLine(await ask('To whom: ', signal)))
    if (name !== '') return handedOver(name, note.trim())
}

function inWords(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}

/** One line at a time through node:readline; the terminal is handed back between questions. */
export function linePrompt({ input, output }: PromptStreams): Ask {
  return async (query, signal) => {
    signal.throwIfAborted()
    const lines = createInterface({ input, output, terminal: output.isTTY === true, historySize: 0 })
    let answered = false
    try {
      const line = await Promise.race([lines.question(`> ${safeText(query)}`, { signal }), stopped(lines)])
      answered = true
      return line
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Error && error.name === 'AbortError') throw stoppedAtQuestion('Ctrl-C')
      throw error
    } finally {
      lines.close()
      // What is written next begins a line of its own.
      if (!answered) output.write('\n')
    }
  }
}

/** In raw mode Ctrl-C is a key, not a signal: like Ctrl-D and a closed terminal it closes the interface. */
function stopped(lines: Interface): Promise<never> {
  return new Promise((_, reject) => {
    lines.once('SIGINT', () => reject(stoppedAtQuestion('Ctrl-C')))
    lines.once('close', () => reject(stoppedAtQuestion('end of input')))
  })
}

/** `cause` says which key it was. */
function stoppedAtQuestion(key: 'Ctrl-C' | 'end of input'): LaunchError {
  return new LaunchError('STOPPED', `stopped at a question (${key})`, { cause: key })
}

/**
 * Keys pressed while something else ran were not an answer to a question nobody had seen. Raw mode, so that a line that was
 * begun is dropped too; Ctrl-C among them still stops.
 */
async function discardTypedAhead(input: PromptStreams['input']): Promise<void> {
  let typed = ''
  const drop = (chunk: unknown) => {
    typed += String(chunk)
  }
  input.setRawMode?.(true)
  input.on('data', drop)
  await pause(20)
  input.off('data', drop)
  input.pause()
  input.setRawMode?.(false)
  if (typed.includes('\u0003')) throw stoppedAtQuestion('Ctrl-C')
}
