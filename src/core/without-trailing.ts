/**
 * The text without this character at its end. By index: `/ +$/` looks for the end of the text from each of a run of spaces
 * anywhere in it, which takes the square of the run's length.
 */
export function withoutTrailing(character: ' ' | '/', text: string): string {
  let end = text.length
  while (text[end - 1] === character) end -= 1
  return text.slice(0, end)
}
