import { pad, safeText, width } from './text.ts'
import type { Theme } from './theme.ts'
import { wrap } from './wrap.ts'

/** One thing a launch needs, and how it stands. `hint`: what to do; empty where nothing is. */
export type Finding = {
  readonly id: string
  /** The environment it is about; null for the machine itself. */
  readonly env: string | null
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly detail: string
  readonly hint: string
}

const words = {
  ok: { icon: 'pass', tone: 'pass' },
  warn: { icon: 'warn', tone: 'unknown' },
  fail: { icon: 'fail', tone: 'fail' },
} as const

/**
 * One line per finding below what it is about, `→ what to do` below those that are not well, and a last line that counts.
 * `columns` null: nothing is wrapped, so that a finding is one line for grep.
 */
export function doctorLines(findings: readonly Finding[], theme: Theme, columns: number | null): readonly string[] {
  const names = Math.max(...findings.map(({ id }) => width(id)))
  const places = [...new Set(findings.map(({ env }) => env))]
  return [
    ...places.flatMap((place) => [
      theme.paint.heading(place === null ? 'this machine' : safeText(place)),
      ...findings.filter(({ env }) => env === place).flatMap((finding) => linesOf(finding, theme, { names, columns })),
      '',
    ]),
    counted(findings),
  ]
}

/** `12 well, 1 warning, 1 in the way` */
export function counted(findings: readonly Pick<Finding, 'verdict'>[]): string {
  const of = (verdict: Finding['verdict']) => findings.filter((finding) => finding.verdict === verdict).length
  const warnings = of('warn')
  const parts = [`${of('ok')} well`, `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`]
  return [...parts, of('fail') === 0 ? 'nothing in the way' : `${of('fail')} in the way`].join(', ')
}

type Space = { readonly names: number; readonly columns: number | null }

function linesOf(finding: Finding, { icons, paint }: Theme, { names, columns }: Space): readonly string[] {
  const { icon, tone } = words[finding.verdict]
  const head = `  ${paint[tone](`${icons[icon]} ${finding.verdict.padEnd(4)}`)}  ${pad(safeText(finding.id), names)}  `
  const indent = width(head)
  const fit = (text: string) => (columns === null ? [text] : wrap(text, columns - indent, 0))
  const hint = finding.hint === '' ? [] : fit(`→ ${safeText(finding.hint)}`).map((line) => paint.dim(line))
  return [...fit(safeText(finding.detail)), ...hint].map((line, i) => (i === 0 ? head : ' '.repeat(indent)) + line)
}
