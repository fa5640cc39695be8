/** Says nothing by itself: stack frames, brackets and frames of source excerpts, printed getters, echoes of commands. */
const noise = /^(?:at\s|Stack backtrace|\d+: <|>\s|Node\.js v|(?:errors|warnings): \[|\W*$)/
/** A program that ran the one that failed says so as well, behind it. */
const runner = /^npm (?:error|ERR!|warn|notice)\s*/i
/** `error during build:`, `Caused by:`: the line behind it says what. */
const announces = /(?:error|fail|cause)[^:]*:$/i
/** `SyntaxError: …`, `error TS2322: …` */
const named = /\b(?:\w*error|fatal|failed)\b[^:]*:\s*\S/i
const likely = /error|failed|cannot|not found/i
/** `src/main.ts:97:11`, `main.ts(3,10)` */
const position = /[\w./@-]+(?::\d+:\d+|\(\d+,\d+\))/
/** How far below an error its source excerpt begins. */
const excerptWithin = 3

/**
 * The line of a program's last words that says most: what was announced as an error, else the first line that names one, else
 * the last that speaks of one, else the last. Where it happened is put behind it when that stands in the excerpt below.
 */
export function tellingLine(tail: string): string {
  const all = tail
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const own = all.filter((line) => !noise.test(line) && !runner.test(line))
  if (own.length === 0)
    return all.map((line) => line.replace(runner, '')).find((line) => !noise.test(line)) ?? all.at(-1) ?? ''
  const line = announced(own) ?? own.find((one) => named.test(one)) ?? own.findLast((one) => likely.test(one))
  if (line === undefined) return own.at(-1) ?? ''
  return line + placeBelow(all, line)
}

/** What follows the announcements at the end of which a cause is told; the cause goes before what it led to. */
function announced(lines: readonly string[]): string | undefined {
  const cause = lines.findLastIndex((line) => /^caused by:$/i.test(line))
  const from = cause === -1 ? lines.findIndex((line) => announces.test(line)) : cause
  return from === -1 ? undefined : lines.slice(from).find((line) => !announces.test(line))
}

function placeBelow(lines: readonly string[], line: string): string {
  if (/[(:]\d+[:,]\d+/.test(line)) return ''
  const from = lines.indexOf(line) + 1
  const excerpt = lines.slice(from, from + excerptWithin).filter((below) => !below.startsWith('at '))
  const [place] = excerpt.flatMap((below) => position.exec(below) ?? [])
  return place === undefined ? '' : ` (${place})`
}
