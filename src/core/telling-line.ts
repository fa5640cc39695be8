/** The line of a program's last words that says most: the last one that speaks of an error, else the last one. */
export function tellingLine(tail: string): string {
  const lines = tail
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  return lines.findLast((line) => /error|failed|cannot|not found/i.test(line)) ?? lines.at(-1) ?? ''
}
