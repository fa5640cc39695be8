/** Fewer columns or rows show nothing worth repainting. */
export const leastColumns = 30
export const leastRows = 12

/** Rows of a terminal that the live view takes: the rest is for the log lines that scroll above it. */
export function frameRows(rows: number): number {
  return Math.max(6, rows - Math.max(3, Math.floor(rows / 5)))
}
