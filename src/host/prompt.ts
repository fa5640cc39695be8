import { createInterface, type Interface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { LaunchError } from '../core/errors.ts'
import type { Answer, People, Question } from '../core/ports.ts'
import { safeLine, safeText } from '../core/safe-text.ts'

export type PromptStreams = {
  readonly input: Readable & { readonly isTTY?: boolean }
  /** stderr: stdout is for results. */
  readonly output: Writable & { readonly isTTY?: boolean }
}

/** Asks for one line. Throws LaunchError STOPPED at the end of input and on Ctrl-C, and the signal's reason when aborted. */
type Ask = (query: string, signal: AbortSignal) => Promise<string>

/** The person at this terminal. Where input or output is no terminal nobody is there: every question is answered by null. */
export function terminalPeople(streams: PromptStreams, by: string): People {
  const ask = linePrompt(streams)
  return {
    ask: async (question, signal) => {
      if (streams.input.isTTY !== true || streams.output.isTTY !== true) return null
      await discardTypedAhead(streams.input)
      return { ...(await answerTo(question, ask, signal)), by, via: 'terminal' }
    },
  }
}

async function answerTo(question: Question, ask: Ask, signal: AbortSignal): Promise<Pick<Answer, 'answer' | 'note'>> {
  switch (question.type) {
    case 'confirm': {
      const answer = await yesOrNo(ask, question.text, signal)
      return { answer, note: answer === 'no' ? await note(ask, 'Why not?', signal) : '' }
    }
    case 'approval': {
      const answer = await yesOrNo(ask, `${question.statement}\nApprove as ${question.role}?`, signal)
      return { answer, note: await note(ask, 'Note', signal) }
    }
    case 'go': {
      const word = await choose(ask, `${question.text}\nDecision (go or no-go):`, ['go', 'no-go'], signal)
      return { answer: word === 'go' ? 'yes' : 'no', note: await note(ask, 'Note', signal) }
    }
    case 'proceed':
      // A word that nobody types by habit stands before production.
      if (question.danger === 'production') return { answer: await typedYes(ask, question.text, signal), note: '' }
      return { answer: await yesOrNo(ask, question.text, signal), note: '' }
    case 'held':
      return { answer: await yesOrNo(ask, question.text, signal), note: await note(ask, 'Reason', signal) }
  }
}

async function yesOrNo(ask: Ask, text: string, signal: AbortSignal): Promise<'yes' | 'no'> {
  const word = await choose(ask, `${text} (y/n)`, ['y', 'yes', 'n', 'no'], signal)
  return word.startsWith('y') ? 'yes' : 'no'
}

async function typedYes(ask: Ask, text: string, signal: AbortSignal): Promise<'yes' | 'no'> {
  const word = await choose(ask, `${text}\nType yes to change production, no to stop:`, ['yes', 'no'], signal)
  return word === 'yes' ? 'yes' : 'no'
}

/** Asks until one of the words is given; an empty line is no answer. */
async function choose(ask: Ask, text: string, words: readonly string[], signal: AbortSignal): Promise<string> {
  for (let query = text; ; query = `Please answer ${words.join(' or ')}:`) {
    const given = (await ask(`${query} `, signal)).trim().toLowerCase()
    if (words.includes(given)) return given
  }
}

async function note(ask: Ask, label: string, signal: AbortSignal): Promise<string> {
  return safeLine(await ask(`${label} (Enter for none): `, signal))
}

/** One line at a time through node:readline; the terminal is handed back between questions. */
function linePrompt({ input, output }: PromptStreams): Ask {
  return async (query, signal) => {
    signal.throwIfAborted()
    const lines = createInterface({ input, output, terminal: output.isTTY === true })
    try {
      return await Promise.race([lines.question(safeText(query), { signal }), stopped(lines)])
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof Error && error.name === 'AbortError') throw stoppedAtQuestion()
      throw error
    } finally {
      lines.close()
    }
  }
}

/** In raw mode Ctrl-C is a key, not a signal: like Ctrl-D and a closed terminal it closes the interface. */
function stopped(lines: Interface): Promise<never> {
  return new Promise((_, reject) => lines.once('close', () => reject(stoppedAtQuestion())))
}

function stoppedAtQuestion(): LaunchError {
  return new LaunchError('STOPPED', 'stopped at a question')
}

/** Keys pressed while something else ran were not an answer to a question nobody had seen. */
async function discardTypedAhead(input: Readable): Promise<void> {
  const drop = () => {}
  input.on('data', drop)
  await pause(20)
  input.off('data', drop)
  input.pause()
}
