/**
 * JSON that is safe to print on a terminal: what JSON leaves raw (C1 controls, DEL, bidi and other formatting characters,
 * line separators) is escaped too, and what GitHub's runner would act on. Parses back to the same value.
 */
export function safeJson(value: unknown, indent = 0, replace?: (key: string, value: unknown) => unknown): string {
  return JSON.stringify(value, replace, indent)
    .replaceAll(/[\u007F-\u009F\u2028\u2029\p{Cf}]/gu, escapeUnits)
    .replaceAll('##[', String.raw`##\u005b`)
}

function escapeUnits(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('')
}
