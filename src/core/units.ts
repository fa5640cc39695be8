/** Quantities people write with their unit, read once at the edge into plain numbers. */

const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/

/** `10m` → 600000. Null when the text has no unit or is not a quantity. */
export function parseDuration(text: string): number | null {
  const match = durationPattern.exec(text.trim())
  if (!match) return null
  // The pattern admits exactly the keys of the table.
  const unit = match[2] as keyof typeof durationUnits
  return Math.round(Number(match[1]) * durationUnits[unit])
}

/** 600000 → `10m`, 5400000 → `1.5h`, 754000 → `12m 34s`, 1234 → `1.2s`, 300 → `300ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return ms === 0 ? '0s' : `${Math.round(ms)}ms`
  const tenthsOfSecond = Math.round(ms / 100)
  if (tenthsOfSecond < 600) return `${tenthsOfSecond / 10}s`
  // What rounds to a whole minute is one.
  if (ms < durationUnits.m) return '1m'
  for (const unit of ['d', 'h', 'm'] as const) {
    const tenths = ms / (durationUnits[unit] / 10)
    if (tenths >= 10 && Number.isInteger(tenths)) return `${tenths / 10}${unit}`
  }
  const totalSeconds = Math.round(ms / 1000)
  const hours = Math.floor(totalSeconds / 3600)
  const minutes = Math.floor((totalSeconds % 3600) / 60)
  return hours > 0 ? `${hours}h ${minutes}m` : `${minutes}m ${totalSeconds % 60}s`
}

/** `1%` → 0.01, `0.5%` → 0.005. Null when there is no percent sign or the number is outside 0–100. */
export function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())
  if (!match) return null
  const percent = Number(match[1])
  return percent <= 100 ? percent / 100 : null
}

const byteUnits: { readonly [unit: string]: number } = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
}

/** `5MB` → 5000000, `512KiB` → 524288. Null when the text has no unit or is not a size. */
export function parseBytes(text: string): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([KMG]?B|[KMG]iB)$/.exec(text.trim()) ?? []
  const factor = byteUnits[unit]
  return factor === undefined ? null : Math.round(Number(number) * factor)
}

/** 0.0123 → `1.23%`. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`
}
