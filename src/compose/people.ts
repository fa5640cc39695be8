import type { Answer, People, Question } from '../core/ports.ts'
import { parseScenario, withheldRole } from '../sandbox/scenario.ts'

/** The people of a sandbox scenario: everybody signs, decides and confirms, but for the one who is withheld. */
export function playedPeople(scenario: string, roles: readonly string[]): People {
  const withheld = withheldRole(parseScenario(scenario), roles)
  return {
    ask: (question) => Promise.resolve(played(question, withheld)),
  }
}

function played(question: Question, withheld: string | null): Answer | null {
  const answer = (role: string): Answer => ({ answer: 'yes', by: `sandbox:${role}`, via: 'scenario', note: '' })
  switch (question.type) {
    case 'approval':
      return question.role === withheld ? null : answer(question.role)
    case 'go':
    case 'proceed':
    case 'confirm':
      return answer('release-captain')
    case 'held':
    case 'failed':
      return null
  }
}

/** `--yes` answers confirmations. It never signs off, never decides go or no-go, never ends a hold. */
export function yesPeople(by: string, auto: boolean): People {
  return {
    ask: ({ type }) => {
      const confirms = type === 'proceed' || type === 'confirm' || (type === 'go' && auto)
      return Promise.resolve(confirms ? { answer: 'yes', by, via: '--yes', note: '' } : null)
    },
  }
}

/** SKIP_UAT_INTERACTIVE: nobody is asked for a sign-off; the ones that are recorded are still needed. */
export function unsigned(people: People): People {
  return {
    ask: (question, signal) => (question.type === 'approval' ? Promise.resolve(null) : people.ask(question, signal)),
  }
}

/** A sign-off is kept with the name that stands for it, not just the one of whoever answers. */
export function signed(people: People, signer: () => Promise<string>): People {
  return {
    ask: async (question, signal) => {
      const answer = await people.ask(question, signal)
      return answer && question.type === 'approval' ? { ...answer, by: await signer() } : answer
    },
  }
}

export const nobody: People = { ask: () => Promise.resolve(null) }

/** Asks one after the other until somebody answers. */
export function firstOf(people: readonly People[]): People {
  return {
    ask: async (question, signal) => {
      for (const one of people) {
        const answer = await one.ask(question, signal)
        if (answer) return answer
      }
      return null
    },
  }
}
