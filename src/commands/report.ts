import { extname, resolve } from 'node:path'
import type { Context } from '../context.ts'
import { text, type Command, type Options } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { launchOption } from './launch-option.ts'
import type { ReportFormat } from './write-report.ts'

export const report: Command = {
  name: 'report',
  group: 'look',
  about: 'the report of the launch opened last: written as Markdown and as a page with charts, and printed',
  options: [
    launchOption,
    ['--format <form>', 'what to print: md (the default), html (one file with charts) or json'],
    ['-o, --output <file>', 'write it to this file instead; the end of its name says the form where --format does not'],
  ],
  examples: [
    ['launch report', 'the Markdown on stdout, the paths of both files on stderr'],
    [
      'launch report -o report.html',
      'one file to read, send or print: charts, no script, nothing loaded from anywhere',
    ],
    ['launch report --format json', 'the same as values'],
    ['launch report --launch 01KB7 | less', 'of an earlier launch; the beginning of its id is enough'],
  ],
  run: async (context, _args, options) => {
    const output = text(options, 'output')
    const format = await formatOf(options, output)
    const { plan, state, events } = await viewLaunch(context, text(options, 'launch'))
    const { pagePath, rendered, reportOf, writeReport } = await import('./write-report.ts')
    const model = await reportOf(plan, events)
    const body = await rendered(model, format)
    if (output !== null) return writeTo(context, output, body, state.id)
    const path = context.options.dryRun ? null : await writeReport(context, plan, state, events)
    const page = path === null ? null : pagePath(path)
    const { json, quiet, jsonl } = context.options
    if (path !== null && !json && !jsonl && !quiet)
      context.output.err.write(`written to ${path}\nas a page to ${page}\n`)
    const document = { launch: state.id, report: path, page, [fields[format]]: format === 'json' ? model : body }
    return {
      outcome: 'succeeded',
      ...(format === 'json' ? { values: { schema: 1, ...model } } : { text: body }),
      document,
    }
  },
}

const fields = { md: 'markdown', html: 'html', json: 'model' } as const

/** Throws USAGE for a form there is not. */
async function formatOf(options: Options, output: string | null): Promise<ReportFormat> {
  const [{ mustBeOneOf }, { reportFormats }] = await Promise.all([import('./say.ts'), import('./write-report.ts')])
  const named = text(options, 'format')
  const word = named ?? extname(output ?? '').slice(1)
  const found = reportFormats.find((format) => format === (word === 'htm' ? 'html' : word))
  if (found) return found
  if (named !== null) await mustBeOneOf(named, reportFormats, 'form of a report')
  return 'md'
}

/** The file is the result: its path is all that is printed. */
async function writeTo(context: Context, output: string, body: string, launch: string) {
  const path = resolve(context.options.cwd, output)
  const { dryRun } = await import('./say.ts')
  const dry = dryRun(context, `write ${path}`)
  if (dry) return dry
  const { writeWhole } = await import('./whole-file.ts')
  await writeWhole(path, body)
  return { outcome: 'succeeded', text: path, document: { launch, report: path } } as const
}
