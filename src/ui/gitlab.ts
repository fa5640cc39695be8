import { plain } from './plain.ts'
import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'
import { safeText } from './text.ts'

export const gitlab = {
  name: 'gitlab',
  about: 'the plain log with a section for every phase, for GitLab CI',
  stream: 'stderr',
  create: gitlabReporter,
} as const satisfies ReporterKind

/** Section markers of https://docs.gitlab.com/ci/jobs/job_logs: seconds since 1970, a name without spaces, an erased line. */
function gitlabReporter(context: ReporterContext): Reporter {
  const { plan, command = context.write } = context
  const log = plain.create(context)
  const titles = new Map(plan.phases.map(({ id, title }) => [id, safeText(title)]))
  let open: string | null = null
  let lastAt = 0
  function mark(what: 'start' | 'end', name: string, header: string): void {
    command(`\u001B[0Ksection_${what}:${Math.floor(lastAt / 1000)}:${name}\r\u001B[0K${header}\n`)
  }
  function close(): void {
    if (open !== null) mark('end', open, '')
    open = null
  }
  return {
    ...log,
    onEvent: (event, state) => {
      lastAt = event.at
      if (event.type === 'phase-started') {
        close()
        open = `launch_${event.phase.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}`
        mark('start', open, titles.get(event.phase) ?? safeText(event.phase))
      }
      log.onEvent(event, state)
      if (event.type === 'phase-ended' || event.type === 'launch-ended') close()
    },
    onEnd: (envelope) => {
      close()
      log.onEnd(envelope)
    },
    onLast: close,
  }
}
