import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'

export const jsonl = {
  name: 'jsonl',
  about: 'journal events as they happen, one JSON document a line, the first one the version of the format',
  stream: 'stdout',
  create: jsonlReporter,
} as const satisfies ReporterKind

/** The version line is written with the first event, or at the end of a run that had none. */
function jsonlReporter({ writeJson }: Pick<ReporterContext, 'writeJson'>): Reporter {
  let begun = false
  function begin(): void {
    if (!begun) writeJson({ type: 'version', schema: 1 })
    begun = true
  }
  return {
    onEvent(event) {
      begin()
      writeJson(event)
    },
    onProgress: begin,
    onEnd: begin,
  }
}
