import { validationError } from './cloudwatch-error.ts'
import type { AlarmStateValue } from './cloudwatch-input.ts'

/** The rule of a composite alarm: `ALARM("a") AND NOT (OK(b) OR INSUFFICIENT_DATA(c))`. */
export type AlarmRule = {
  /** Alarms the rule speaks of; names, not ARNs. */
  readonly children: readonly string[]
  holds(stateOf: (name: string) => AlarmStateValue | null): boolean
}

type Condition = (stateOf: (name: string) => AlarmStateValue | null) => boolean

const tokenPattern =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s"'()]+))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/y

type Token = { readonly word: string; readonly alarm: string | null }

/** AND binds tighter than OR. Throws ValidationError for what is not a rule. */
export function parseAlarmRule(text: string): AlarmRule {
  const tokens = tokenize(text)
  let at = 0
  const refuse = (): never => {
    throw validationError(`AlarmRule is invalid near '${tokens[at]?.word ?? 'end'}': ${text}`)
  }
  const takes = (word: string) => tokens[at]?.word === word && tokens[at]?.alarm === null && (at += 1) > 0
  const either = (): Condition => {
    let left = both()
    while (takes('OR')) left = or(left, both())
    return left
  }
  const both = (): Condition => {
    let left = one()
    while (takes('AND')) left = and(left, one())
    return left
  }
  const one = (): Condition => {
    if (takes('NOT')) return not(one())
    if (takes('TRUE')) return () => true
    if (takes('FALSE')) return () => false
    if (takes('(')) {
      const inner = either()
      return takes(')') ? inner : refuse()
    }
    const { word, alarm } = tokens[at] ?? refuse()
    if (alarm === null) return refuse()
    at += 1
    return (stateOf) => stateOf(alarm) === word
  }
  const condition = either()
  if (at < tokens.length) refuse()
  return { children: tokens.flatMap(({ alarm }) => alarm ?? []), holds: condition }
}

function and(a: Condition, b: Condition): Condition {
  return (stateOf) => a(stateOf) && b(stateOf)
}

function or(a: Condition, b: Condition): Condition {
  return (stateOf) => a(stateOf) || b(stateOf)
}

function not(a: Condition): Condition {
  return (stateOf) => !a(stateOf)
}

function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  const end = text.trimEnd().length
  for (let from = 0; from < end; from = tokenPattern.lastIndex) {
    tokenPattern.lastIndex = from
    const found = tokenPattern.exec(text)
    if (!found) throw validationError(`AlarmRule is invalid at character ${from}: ${text}`)
    const [, state, doubleQuoted, singleQuoted, bare, keyword, parenthesis] = found
    const alarm = doubleQuoted ?? singleQuoted ?? bare
    tokens.push({ word: state ?? keyword ?? parenthesis ?? '', alarm: alarm === undefined ? null : nameOf(alarm) })
  }
  return tokens
}

/** `arn:aws:cloudwatch:region:account:alarm:name` names the alarm at its end. */
function nameOf(alarm: string): string {
  return /^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(alarm)?.[1] ?? alarm
}
