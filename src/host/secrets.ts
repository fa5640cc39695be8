import { isSecretName } from '../core/secret-name.ts'

export type Scrubber = {
  /** The text without secrets. */
  scrub(text: string): string
  /** For text that comes in pieces: a secret that is cut anywhere is still found. */
  stream(): ScrubberStream
}
export type ScrubberStream = {
  /** What of the text so far is safe to pass on; the rest is held back until it is known what it is. */
  push(chunk: string): string
  end(): string
}

type Env = { readonly [name: string]: string | undefined }

const mask = '***'
// What such a variable holds is a secret when it is an address: whoever knows it may post there.
const hookName = /SLACK|TEAMS|DISCORD|MATTERMOST|CHAT|HOOK|PAGER|NOTIFY/i
// A shorter value is part of too many innocent words to be taken out everywhere.
const shortestSecret = 6
// A word longer than this is passed on but for its end: no secret we know by its look is as long as the end that is kept.
const longestHeldBack = 65_536
const keptEnd = 4096

/**
 * Secrets known by their look; none contains white space, so one ends where its word ends, nor a backslash: in JSON that is the
 * quote behind it. What may begin one is short: a child's output is as long as it likes, and is looked through as it comes.
 */
const looks: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, mask],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,})/g, mask],
  [/((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>\\]+@/gi, `$1${mask}@`],
  [/(\bhttps:\/\/hooks\.slack(?:-gov)?\.com\/)[^\s"'<>\\]+/gi, `$1${mask}`],
  [/(\bhttps:\/\/(?:[\w-]+\.)?discord(?:app)?\.com\/api\/webhooks\/)[^\s"'<>\\]+/gi, `$1${mask}`],
  [/(\bhttps:\/\/[\w.-]+\.webhook\.office\.com\/)[^\s"'<>\\]+/gi, `$1${mask}`],
  [/(\bhttps:\/\/chat\.googleapis\.com\/)[^\s"'<>\\]+/gi, `$1${mask}`],
  [/(\bX-Amz-(?:Signature|Security-Token|Credential)=)[^\s&"'<>\\]+/gi, `$1${mask}`],
]

/**
 * Values of variables whose name says that they are secret, or that are `named` as such, longest first. Also what CI is
 * told to mask.
 */
export function secretValues(env: Env, named: readonly string[] = []): readonly string[] {
  const isSecret = (name: string, value: string) =>
    named.includes(name) || isSecretName(name) || (hookName.test(name) && /^https?:\/\//.test(value))
  const values = Object.entries(env).flatMap(([name, value]) => {
    const whole = value?.trim() ?? ''
    if (!isSecret(name, whole)) return []
    // A key of many lines is also printed line by line.
    return whole.includes('\n') ? [whole, ...whole.split('\n').map((line) => line.trim())] : [whole]
  })
  return [...new Set(values)].filter((value) => value.length >= shortestSecret).sort((a, b) => b.length - a.length)
}

/** A scrubber for the secrets of an environment, and for what looks like a secret whoever it belongs to. */
export function secretScrubber(env: Env, named: readonly string[] = []): Scrubber {
  const values = secretValues(env, named)
    .flatMap(spellings)
    .sort((a, b) => b.length - a.length)
  const known = values.length === 0 ? null : new RegExp(values.map(escapeForRegExp).join('|'), 'g')
  const patterns = [...(known ? [[known, mask] as const] : []), ...looks]
  const scrub = (text: string) => patterns.reduce((rest, [pattern, by]) => rest.replaceAll(pattern, by), text)

  /** Where the text may be cut: not in a word, not in a secret, not in what may become one. */
  const cutOf = (text: string): number => {
    const wordStart = lastWordOf(text)
    let cut = text.length - wordStart > longestHeldBack ? text.length - keptEnd : wordStart
    for (const value of values) {
      for (let at = Math.max(0, text.length - value.length + 1); at < cut; at++) {
        if (value.startsWith(text.slice(at))) cut = at
      }
    }
    for (let before = -1; before !== cut;) {
      before = cut
      for (const [pattern] of patterns) {
        for (const match of text.matchAll(pattern)) {
          if (match.index < cut && match.index + match[0].length > cut) cut = match.index
        }
      }
    }
    return cut
  }

  return {
    scrub,
    stream: () => {
      let held = ''
      return {
        push: (chunk) => {
          const text = held + chunk
          const cut = cutOf(text)
          held = text.slice(cut)
          return scrub(text.slice(0, cut))
        },
        end: () => {
          const rest = scrub(held)
          held = ''
          return rest
        },
      }
    },
  }
}

/** Where the word begins that a text ends with. */
function lastWordOf(text: string): number {
  let at = text.length
  while (at > 0 && /\S/.test(text.charAt(at - 1))) at -= 1
  return at
}

/** As it is, in JSON, in a URL. */
function spellings(value: string): readonly string[] {
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])]
}

function escapeForRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
}
