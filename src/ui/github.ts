import { workflowCommand } from './github-commands.ts'
import { plain } from './plain.ts'
import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'
import { safeText } from './text.ts'

export const github = {
  name: 'github',
  about: 'the plain log with a group for every phase, for GitHub Actions',
  stream: 'stderr',
  create: githubReporter,
} as const satisfies ReporterKind

function githubReporter(context: ReporterContext): Reporter {
  const { plan, command = context.write } = context
  const log = plain.create(context)
  const titles = new Map(plan.phases.map(({ id, title }) => [id, safeText(title)]))
  let open = false
  function close(): void {
    if (open) command(workflowCommand('endgroup', ''))
    open = false
  }
  return {
    ...log,
    onEvent: (event, state) => {
      if (event.type === 'phase-started') {
        close()
        command(workflowCommand('group', titles.get(event.phase) ?? safeText(event.phase)))
        open = true
      }
      log.onEvent(event, state)
      if (event.type === 'phase-ended' || event.type === 'launch-ended') close()
    },
    // The end is to be seen without opening anything.
    onEnd: (envelope) => {
      close()
      log.onEnd(envelope)
    },
    onLast: close,
  }
}
