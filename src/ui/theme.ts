import type { ChalkInstance } from 'chalk'
import type { Verdict } from '../core/verdict.ts'

const unicodeIcons = {
  pass: '✔',
  fail: '✖',
  running: '◷',
  waiting: '◌',
  unknown: '?',
  warn: '⚠',
  held: '‖',
  rollback: '⟲',
  waived: '–',
  note: '·',
} as const

export type IconName = keyof typeof unicodeIcons

const asciiIcons = {
  pass: '+',
  fail: 'x',
  running: '>',
  waiting: '.',
  unknown: '?',
  warn: '!',
  held: '=',
  rollback: '<',
  waived: '-',
  note: '*',
} as const satisfies Record<IconName, string>

// Punctuation launch itself writes; what it cannot map (names, notes) stays.
const asciiText: readonly (readonly [string, string])[] = [
  ['→', '->'],
  ['…', '...'],
  ['—', '-'],
  ['–', '-'],
  ['─', '-'],
  ['│', '|'],
  ['·', '-'],
  ['×', 'x'],
  ['≤', '<='],
  ['≥', '>='],
  ['“', '"'],
  ['”', '"'],
  ['’', "'"],
  ['▸', '>'],
  // Bars and sparklines, as wide as they were.
  ['▁', '_'],
  ['▂', '.'],
  ['▃', '-'],
  ['▄', '~'],
  ['▅', '='],
  ['▆', '+'],
  ['▇', '*'],
  ['█', '#'],
  ['░', '.'],
]

export type Tone = 'pass' | 'fail' | 'unknown' | 'waived' | 'dim' | 'strong' | 'heading'

/** How things look. Meaning never rests on colour alone: an icon stands beside a word everywhere. */
export type Theme = {
  readonly icons: { readonly [I in IconName]: string }
  readonly paint: { readonly [T in Tone]: (text: string) => string }
  /** A finished line in characters this terminal has. */
  readonly encode: (line: string) => string
}

/** `chalk` is made by the host with the level it decided on (0: no colour); `unicode: false` for terminals without ✔ ✖ →. */
export function makeTheme(chalk: ChalkInstance, unicode: boolean): Theme {
  return {
    icons: unicode ? unicodeIcons : asciiIcons,
    paint: {
      pass: (text) => chalk.green(text),
      fail: (text) => chalk.red(text),
      unknown: (text) => chalk.yellow(text),
      waived: (text) => chalk.magenta(text),
      dim: (text) => chalk.dim(text),
      strong: (text) => chalk.bold(text),
      heading: (text) => chalk.bold.cyan(text),
    },
    encode: (line) => (unicode ? line : asciiText.reduce((text, [from, to]) => text.replaceAll(from, to), line)),
  }
}

/** `✔ pass`: icon and word in one cell. */
export function verdictCell(theme: Theme, verdict: Verdict): string {
  return theme.paint[verdict](`${theme.icons[verdict]} ${verdict}`)
}
