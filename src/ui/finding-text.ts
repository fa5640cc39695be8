import type { EvidenceByNeed, Need } from '../core/evidence.ts'
import type { FlagReading } from '../core/flag.ts'
import { plural } from '../core/quantity.ts'
import { dateTime, number, short, who } from './format.ts'
import { safeText } from './text.ts'

/** What came of a need in one line. `value` is what the journal holds. */
export function findingText(need: Need, value: unknown): string {
  switch (need.need) {
    case 'series':
      return safeText(need.metric)
    case 'window': {
      const { values, query } = answerTo(need, value)
      const seen = Object.entries(values).map(([variant, one]) => `${variant} ${one === null ? '–' : number(one)}`)
      return `${safeText(need.stat)} ${seen.join(', ')} (${safeText(query)})`
    }
    case 'alarms':
      return alarmsText(need.names, answerTo(need, value))
    case 'http': {
      const { status, ms } = answerTo(need, value)
      return `${safeText(need.url)} answered ${status} in ${number(Math.round(ms))}ms`
    }
    case 'command':
      return commandText(need.run, answerTo(need, value))
    case 'git': {
      const { commit, branch, tags, clean, played } = answerTo(need, value)
      const names = [branch ?? 'no branch', ...tags].map(safeText).join(', ')
      return `commit ${short(commit)} on ${names}, ${clean ? 'clean' : 'with uncommitted changes'}${played ? ' (played)' : ''}`
    }
    case 'identity': {
      const { arn, rights } = answerTo(need, value)
      const refused = rights.filter(({ allowed }) => !allowed).map(({ right, detail }) => `no ${right}: ${detail}`)
      return [safeText(arn), ...refused.map(safeText)].join('; ')
    }
    case 'artifact': {
      const { hash, files, bytes } = answerTo(need, value)
      return `artifact ${short(hash)}, ${plural(files, 'file')}, ${number(bytes)} bytes`
    }
    case 'flag': {
      const { store, edge } = answerTo(need, value)
      return `store ${flagText(store)}; edge ${edge === null ? 'not read' : flagText(edge)}`
    }
    case 'answer': {
      const { answer, by, at } = answerTo(need, value)
      return `${answer} by ${who(by)} at ${dateTime(at)}`
    }
  }
}

/** The gatherer of that kind of need wrote the value. */
function answerTo<N extends Need>(_need: N, value: unknown): EvidenceByNeed[N['need']] {
  return value as EvidenceByNeed[N['need']]
}

function alarmsText(names: readonly string[], alarms: EvidenceByNeed['alarms']): string {
  const states = new Map(alarms.map(({ name, state }) => [name, state]))
  return names.map((name) => `${safeText(name)} ${states.get(name) ?? 'does not exist'}`).join(', ')
}

function commandText(run: readonly string[], value: EvidenceByNeed['command']): string {
  const line = safeText(run.join(' '))
  if (!value.ran) return `${line} was not run: ${safeText(value.absent)}`
  const last = value.tail.trim().split('\n').at(-1) ?? ''
  return `${line} ended ${value.exitCode}${last === '' ? '' : `: ${safeText(last)}`}`
}

function flagText(reading: FlagReading): string {
  if (reading.status === 'absent') return 'absent'
  if (reading.status === 'malformed') return `malformed (${safeText(reading.why)})`
  const { percent, latched, serial } = reading.flag
  return `${number(percent)}%${latched ? ' latched' : ''}, serial ${serial}`
}
