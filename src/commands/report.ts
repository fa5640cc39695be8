import { text, type Command } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'

export const report: Command = {
  name: 'report',
  group: 'look',
  about: 'the report of the launch opened last: written as Markdown, and printed',
  options: [launchOption],
  examples: [
    ['launch report', 'the Markdown on stdout, the path of the file on stderr'],
    ['launch report --launch 01KB7 | less', 'of an earlier launch; the beginning of its id is enough'],
  ],
  run: async (context, _args, options) => {
    const { plan, state, events } = await viewLaunch(context, text(options, 'launch'))
    const { reportText, writeReport } = await import('./write-report.ts')
    const markdown = await reportText(plan, events)
    const path = context.options.dryRun ? null : await writeReport(context, plan, state, events)
    const { json, quiet, jsonl } = context.options
    if (path !== null && !json && !jsonl && !quiet) context.output.err.write(`written to ${path}\n`)
    return { outcome: 'succeeded', text: markdown, document: { launch: state.id, report: path, markdown } }
  },
}
