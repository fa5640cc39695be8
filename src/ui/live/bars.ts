const sparks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const

/** A bar of so many columns, filled to a part of 1. Never empty above 0, never full below 1. */
export function bar(part: number, columns: number): string {
  const exact = Math.min(1, Math.max(0, part)) * columns
  const least = part > 0 ? 1 : 0
  const most = part >= 1 ? columns : columns - 1
  const filled = Math.min(most, Math.max(least, Math.round(exact)))
  return '█'.repeat(filled) + '░'.repeat(columns - filled)
}

/** The newest points, a column each; a full block is at the limit or beyond it. */
export function sparkline(points: readonly number[], columns: number): string {
  return points
    .slice(-columns)
    .map((point) => sparks[Math.min(sparks.length - 1, Math.floor(point * (sparks.length - 1)))] ?? '▁')
    .join('')
}
