import type { EvidenceByNeed, Need } from '../core/evidence.ts'
import type { FlagReading } from '../core/flag.ts'
import { plural } from '../core/quantity.ts'
import { dateTime, number, short, who } from './format.ts'
import { safeText } from './text.ts'

/**
 * What came of a need in one line. `value` is what the journal holds: the gatherer of that kind of need wrote it, which is
 * what every cast in this file rests on.
 */
export function findingText(need: Need, value: unknown): string {
  switch (need.need) {
    case 'series':
      return safeText(need.metric)
    case 'window': {
      const { values, query } = value as EvidenceByNeed['window']
      const seen = Object.entries(values).map(([variant, one]) => `${variant} ${one === null ? '–' : number(one)}`)
      return `${safeText(need.stat)} ${seen.join(', ')} (${safeText(query)})`
    }
    case 'alarms':
      return alarmsText(need.names, value as EvidenceByNeed['alarms'])
    case 'http': {
      const { status, ms } = value as EvidenceByNeed['http']
      return `${safeText(need.url)} answered ${status} in ${number(Math.round(ms))}ms`
    }
    case 'command':
      return commandText(need.run, value as EvidenceByNeed['command'])
    case 'git': {
      const { commit, branch, tags, clean, played } = value as EvidenceByNeed['git']
      const names = [branch ?? 'no branch', ...tags].map(safeText).join(', ')
      return `commit ${short(commit)} on ${names}, ${clean ? 'clean' : 'with uncommitted changes'}${played ? ' (played)' : ''}`
    }
    case 'identity': {
      const { arn, rights } = value as EvidenceByNeed['identity']
      const refused = rights.filter(({ allowed }) => !allowed).map(({ right, detail }) => `no ${right}: ${detail}`)
      return [safeText(arn), ...refused.map(safeText)].join('; ')
    }
    case 'artifact': {
      const { hash, files, bytes } = value as EvidenceByNeed['artifact']
      return `artifact ${short(hash)}, ${plural(files, 'file')}, ${number(bytes)} bytes`
    }
    case 'flag': {
      const { store, edge } = value as EvidenceByNeed['flag']
      return `store ${flagText(store)}; edge ${edge === null ? 'not read' : flagText(edge)}`
    }
    case 'answer': {
      const { answer, by, at } = value as EvidenceByNeed['answer']
      return `${answer} by ${who(by)} at ${dateTime(at)}`
    }
  }
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
