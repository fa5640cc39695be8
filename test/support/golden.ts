import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The text a view is known to have, from a file that was read in review. `UPDATE=1` writes it anew: read the difference. */
export function golden(url: URL, text: string): string {
  const path = fileURLToPath(url)
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
  return readFileSync(path, 'utf8')
}
