import { fstatSync } from 'node:fs'
import { appendFile } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { ciOf, type CiFacts } from '../host/ci.ts'

/** What the CI system that this process runs on takes besides text. */
export type Ci = {
  readonly kind: CiFacts['kind']
  /** Writes what the CI system acts on, past the border that takes the meaning out of such lines in data. */
  readonly say: (line: string) => void
  /**
   * Whether its log is read by the CI system itself: a value that is to be masked is told in the open, and must not end up in
   * a file instead.
   */
  readonly listens: boolean
  /** The path of a file from the root of the checkout, which is how annotations name it. */
  place(path: string): string
  /** Adds Markdown to the page of the run; nothing where there is none. */
  summarize(markdown: string): Promise<void>
  /** Results for later steps; nothing where there are none. */
  output(values: { readonly [name: string]: string }): Promise<void>
}

/** GitHub takes 1 MiB for a step and drops it all beyond; what comes before it is ours to cut. */
const longestSummary = 900_000

export function ciOn(env: NodeJS.ProcessEnv, stderr: NodeJS.WriteStream): Ci | null {
  const facts = ciOf(env)
  if (!facts) return null
  const files = facts.kind === 'github' ? facts : { summaryFile: null, outputFile: null }
  return {
    kind: facts.kind,
    listens: !stderrIsAFile(),
    say: (line) => void stderr.write(line),
    place: (path) =>
      relative(resolve(facts.workspace ?? '.'), path)
        .split(sep)
        .join('/'),
    summarize: async (markdown) => {
      if (files.summaryFile !== null) await appendFile(files.summaryFile, cut(markdown))
    },
    output: async (values) => {
      // One line each: what has a line break would begin another output.
      const lines = Object.entries(values).map(([name, value]) => `${name}=${value.replaceAll(/[\r\n]+/g, ' ')}\n`)
      if (files.outputFile !== null) await appendFile(files.outputFile, lines.join(''))
    },
  }
}

function cut(markdown: string): string {
  const bytes = Buffer.from(markdown)
  if (bytes.length <= longestSummary) return `${markdown}\n`
  const text = bytes.subarray(0, longestSummary).toString('utf8')
  return `${text.slice(0, text.lastIndexOf('\n'))}\n\n**Cut here: the rest is in the report.**\n`
}

function stderrIsAFile(): boolean {
  try {
    return fstatSync(2).isFile()
  } catch {
    // Closed: nobody reads it.
    return false
  }
}
