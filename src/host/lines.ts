import { StringDecoder } from 'node:string_decoder'
import { safeText } from '../core/safe-text.ts'
import type { Scrubber } from './secrets.ts'

// A program that prints without ever ending a line must not fill the memory.
const longestLine = 16_384

/** Turns the bytes of one stream into lines that are safe to print: no secrets, no control characters. */
export function lineReader(
  scrubber: Scrubber,
  onLine: (line: string) => void,
): { push(chunk: Uint8Array): void; end(): void } {
  const decoder = new StringDecoder('utf8')
  const scrubbed = scrubber.stream()
  let open = ''

  const take = (text: string) => {
    const lines = (open + text).split('\n')
    open = lines.pop() ?? ''
    for (const line of lines) onLine(visible(line))
    if (open.length > longestLine) {
      onLine(visible(open))
      open = ''
    }
  }
  return {
    push: (chunk) => take(scrubbed.push(decoder.write(chunk))),
    end: () => {
      take(scrubbed.push(decoder.end()) + scrubbed.end())
      if (open !== '') onLine(visible(open))
      open = ''
    },
  }
}

/** A progress bar rewrites its line with carriage returns: what stands there at the end is what a person saw. */
function visible(line: string): string {
  const parts = line.split('\r').filter((part) => part !== '')
  return safeText(parts.at(-1) ?? '')
}
