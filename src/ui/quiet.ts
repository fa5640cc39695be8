import { endLines } from './end-lines.ts'
import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'

export const quiet = {
  name: 'quiet',
  about: 'nothing but the end of a run that did not succeed',
  stream: 'stderr',
  create: quietReporter,
} as const satisfies ReporterKind

function quietReporter({ write, theme }: Pick<ReporterContext, 'write' | 'theme'>): Reporter {
  return {
    onEvent() {},
    onProgress() {},
    onEnd(envelope) {
      if (envelope.outcome === 'succeeded') return
      write(
        endLines(envelope, theme)
          .map((line) => `${theme.encode(line)}\n`)
          .join(''),
      )
    },
  }
}
