/** Who is not dealt by the flag's share alone. User ids; no id is in both lists. */
export type Audience = {
  /** They get the new version as soon as anybody does. At 0 %, and after a rollback, nobody does. */
  readonly include: readonly string[]
  /** They never get it. */
  readonly exclude: readonly string[]
  /** Users who keep the old version even at 100 %, so that there is something to compare with: 0–100 in steps of 0.01. */
  readonly holdbackPercent: number
}

/** What a flag at `percent` shows the new version to, in percent of the users its lists do not name. */
export function exposedPercent(percent: number, audience: Audience | undefined): number {
  const most = Math.round((100 - (audience?.holdbackPercent ?? 0)) * 100) / 100
  return Math.min(percent, most)
}

/** ` (2% held back, 3 included, 1 excluded)`, or nothing. */
export function audienceText(percent: number, audience: Audience | undefined): string {
  if (audience === undefined) return ''
  const { include, exclude } = audience
  const heldBack = Math.round((percent - exposedPercent(percent, audience)) * 100) / 100
  const parts = [
    ...(heldBack > 0 ? [`${heldBack}% held back`] : []),
    ...(include.length > 0 ? [`${include.length} included`] : []),
    ...(exclude.length > 0 ? [`${exclude.length} excluded`] : []),
  ]
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}
