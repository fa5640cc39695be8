/** The lines of `launch explain` for a stage judged as one, read back as a captain with a calculator would. */
export type ExplainedLines = {
  readonly gate: readonly (readonly [label: string, text: string])[]
  readonly checks: readonly {
    readonly id: string
    readonly rows: readonly (readonly [label: string, text: string])[]
  }[]
}

type Rows = ExplainedLines['gate']
type Said = 'pass' | 'fail' | 'unknown'

/** Label and text of every row of the printed text; a check begins with its row `check`. */
export function readLines(text: string): ExplainedLines {
  const gate: [string, string][] = []
  const checks: { id: string; rows: [string, string][] }[] = []
  for (const line of text.split('\n')) {
    const [, label = '', rest = ''] = /^ {0,2}([a-z][a-z ]*?) {2,}(.*)$/.exec(line) ?? []
    if (label === 'check') checks.push({ id: /\/(\S+)/.exec(rest)?.[1] ?? '', rows: [] })
    if (label !== '') (checks.at(-1)?.rows ?? gate).push([label, rest])
  }
  // Only checks that the rollout speaks for are had again.
  return { gate, checks: checks.filter(({ rows }) => rows.some(([label]) => label === 'again')) }
}

/** What the numbers in the lines lead to by the documented rules; no word of verdict in them is looked at. */
export function verdictOfLines({ gate, checks }: ExplainedLines): Said {
  if (checks.some(({ rows }) => isWorse(rows) || failsOutright(rows))) return 'fail'
  // The incident goes on: the old version's own line is there.
  if (has(gate, 'control')) return 'unknown'
  if (checks.some(({ rows }) => isBroken(rows))) return 'fail'
  if (isBrokenFlag(gate)) return 'unknown'
  const [baked = 0, soak = 0] = numbers(row(gate, 'baked'))
  const [calm = 0, wanted = 0] = numbers(row(gate, 'calm'))
  const [present = 0, of = 0, gap = 0] = numbers(row(gate, 'data'))
  const isReady = baked >= soak && calm >= wanted && present >= 0.9 * of && gap <= 2
  return isReady && checks.every(({ rows }) => isKept(rows) && !isDoubtful(rows)) ? 'pass' : 'unknown'
}

/** Every product and bound in the lines, as printed and as the numbers before it give it. */
export function* recalculated({
  checks,
}: ExplainedLines): Generator<{ what: string; said: number; is: number; within: number }> {
  for (const { id, rows } of checks) {
    for (const [label, text] of rows) {
      const rate = /([\d,]+) of ([\d,]+) = ([\d.e-]+)%/.exec(text)
      if (rate) {
        const [bad, n, said] = rate.slice(1).map(plain)
        yield { what: `${id} ${label}`, said: said ?? 0, is: (100 * (bad ?? 0)) / (n ?? 1), within: 0.005 }
      }
      const bound =
        /consistent with ([\d,]+) of ([\d,]+) .*error ([\d.]+) \/ (\d+) looks?\) ([\d.]+)% × next share ([\d.]+)% = ([\d.]+)%/.exec(
          text,
        )
      if (bound) {
        const [bad = 0, n = 0, error = 0, looks = 1, upper = 0, next = 0, product = 0] = bound.slice(1).map(plain)
        yield { what: `${id} product`, said: product, is: (upper * next) / 100, within: 0.002 }
        // The bound is the rate at which so few bad ones are as improbable as the error allows.
        if (n > 0) yield { what: `${id} bound`, said: error / looks, is: atMost(bad, n, upper / 100), within: 0.03 }
      }
      const logarithm = /ln\(1\/([\d.]+)\) = ([\d.]+)/.exec(text)
      if (logarithm) {
        const [alpha = 1, said = 0] = logarithm.slice(1).map(plain)
        yield { what: `${id} ${label} ln`, said, is: Math.log(1 / alpha), within: 0.002 }
      }
    }
    const stages = rows
      .filter(([label]) => label === 'counted')
      .map(([, text]) => /new version ([\d,]+) of ([\d,]+)/.exec(text))
    const [bad = 0, n = 0] = numbers(row(rows, 'sum'))
    if (stages.some((stage) => stage !== null)) {
      const total = (index: number) => stages.reduce((sum, stage) => sum + plain(stage?.[index] ?? '0'), 0)
      yield { what: `${id} bad of all stages`, said: bad, is: total(1), within: 0 }
      yield { what: `${id} all of all stages`, said: n, is: total(2), within: 0 }
    }
  }
}

function isWorse(rows: Rows): boolean {
  const evidence = comparison(rows)
  if (!evidence) return false
  const { tempered, levelled, needed, others, rest } = evidence
  return Math.min(tempered, levelled) >= needed && others >= rest
}

function isDoubtful(rows: Rows): boolean {
  const evidence = comparison(rows)
  return evidence !== null && evidence.tempered >= Math.log(10)
}

/** The three rows of a comparison that matters; null for one that does not. */
function comparison(rows: Rows) {
  const compared = row(rows, 'compared')
  if (!compared.includes('→ matters')) return null
  const [first = '', second = ''] = rows
    .filter(([label, text]) => label === 'evidence' && !text.includes('→ limit'))
    .map(([, text]) => text)
  const [, tempered = 0, levelled = 0, needed = 0] = [
    ...(/ln E (\S+), tempered by dispersion \S+ (\S+), levelled (\S+); each needs .* = (\S+)/.exec(first) ?? []),
  ]
    .slice(1)
    .map(plain)
  const [others = 0, rest = 0] = [...(/^(\S+) without .*ln 7 = (\S+) needed/.exec(second) ?? [])].slice(1).map(plain)
  return { tempered, levelled, needed, others, rest }
}

function failsOutright(rows: Rows): boolean {
  const found = /new version ([\d,]+) of ([\d,]+), .*old version ([\d,]+) of ([\d,]+)/.exec(row(rows, 'outright'))
  if (!found) return false
  const [bad = 0, n = 0, other = 0, all = 0] = found.slice(1).map(plain)
  return bad >= 20 && bad >= n / 2 && all > 0 && other < all / 10
}

function isBroken(rows: Rows): boolean {
  const found = /ln E (\S+) without its loudest minute.*= (\S+) needed → limit/.exec(
    rows.find(([label, text]) => label === 'evidence' && text.includes('→ limit'))?.[1] ?? '',
  )
  if (!found) return false
  const [log = 0, needed = 0] = found.slice(1).map(plain)
  return log >= needed && !isInside(rows)
}

function isInside(rows: Rows): boolean {
  const limit = /^([\d,]+) of ([\d,]+).*last \d+ minutes ([\d,]+) of ([\d,]+).*(?:inside|outside) ([\d.]+)%/.exec(
    row(rows, 'limit'),
  )
  if (!limit) {
    const mean = /^([\d.,]+)\S* over ([\d,]+), last bake (\S+): \w+ ([\d.,]+)/.exec(row(rows, 'sum'))
    return (
      mean !== null && plain(mean[1] ?? '') < plain(mean[4] ?? '') && !(plain(mean[3] ?? '') >= plain(mean[4] ?? ''))
    )
  }
  const [bad = 0, n = 0, recent = 0, of = 0, percent = 0] = limit.slice(1).map(plain)
  const isOutside = (k: number, all: number) => k >= 3 && k >= (percent / 100) * all
  return !isOutside(bad, n) && !isOutside(recent, of)
}

/** Inside its limit, and proven: by the bound for a share, by the number of samples for a mean. */
function isKept(rows: Rows): boolean {
  const bound = /= ([\d.]+)% [≤>] ([\d.]+)%, ([\d,]+) [≥<] ([\d,]+) needed/.exec(row(rows, 'bound'))
  if (bound) {
    const [worst = 0, limit = 0, n = 0, floor = 0] = bound.slice(1).map(plain)
    return isInside(rows) && worst <= limit && n >= floor
  }
  const mean = /, ([\d,]+) [≥<] ([\d,]+) needed/.exec(row(rows, 'sum'))
  return mean !== null && isInside(rows) && plain(mean[1] ?? '') >= plain(mean[2] ?? '')
}

function isBrokenFlag(gate: Rows): boolean {
  const found = /got ([\d,]+) of ([\d,]+) .*share of ([\d.]+)%/.exec(row(gate, 'traffic'))
  if (!found) return false
  const [own = 0, all = 0, percent = 0] = found.slice(1).map(plain)
  const share = percent / 100
  if (own === 0) return share >= 1 || all * Math.log1p(-share) < Math.log(1e-6)
  // Off by half and so improbable that the normal law will do.
  return (
    share < 1 && Math.abs(own / all - share) > share / 2 && Math.abs(own - all * share) > 5 * Math.sqrt(all * share)
  )
}

/** P(X ≤ k) of Binomial(n, p), summed term by term. */
function atMost(k: number, n: number, p: number): number {
  if (p >= 1) return k >= n ? 1 : 0
  let term = n * Math.log1p(-p)
  let total = Math.exp(term)
  for (let i = 1; i <= k; i++) {
    term += Math.log(n - i + 1) - Math.log(i) + Math.log(p) - Math.log1p(-p)
    total += Math.exp(term)
  }
  return total
}

function row(rows: Rows, label: string): string {
  return rows.find(([name]) => name === label)?.[1] ?? ''
}

function has(rows: Rows, label: string): boolean {
  return rows.some(([name]) => name === label)
}

function numbers(text: string): readonly number[] {
  return Array.from(text.matchAll(/[\d,]*\d(?:\.\d+)?/g), ([found]) => plain(found))
}

/** `−1.058`, `4,212`, `115.058ms`. */
function plain(text: string): number {
  return Number.parseFloat(text.replaceAll(',', '').replace('−', '-'))
}
