import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { text, type Command } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor, nothingToTryDry } from './say.ts'

const highestPort = 65_535

export const dashboard: Command = {
  name: 'dashboard',
  group: 'look',
  about: 'the launches as pages that follow the journal, for the browsers of this machine, until Ctrl-C; read-only',
  options: [['--port <n>', 'of 127.0.0.1 (default: one that is free)']],
  examples: [
    ['launch dashboard', 'says where; every launch has a page of its own, with its report as far as it has come'],
    ['launch dashboard --port 8080', 'on a server: ssh -L 8080:127.0.0.1:8080 brings it to your browser'],
    ['launch dashboard --sandbox', 'beside launch auto --sandbox in another terminal'],
  ],
  run: async (context, _args, options) => {
    nothingToTryDry(context, 'dashboard', 'it only shows: leave --dry-run out')
    const port = portOf(text(options, 'port'))
    const { plan } = await context.project()
    await mustHaveWorld(context)
    const world = await context.world(plan, { driver: false })
    const [launches, { dashboardPages }] = await Promise.all([context.launches(plan), import('./dashboard-pages.ts')])
    // What cannot be read at all is said here, not in a browser.
    const ids = await launches.list(context.signal)
    const machine = await context.machine()
    const served = await machine.serve(dashboardPages(context, { app: plan.app, world, launches }), port)
    try {
      announce(context, served.url, plan.app, ids.length)
      await aborted(context.signal)
    } finally {
      await served.close()
    }
    const { json, jsonl } = context.options
    return { outcome: 'succeeded', text: json || jsonl ? '' : 'stopped', document: { url: served.url } }
  },
}

/** Throws USAGE. */
function portOf(typed: string | null): number {
  const port = Number(typed ?? '0')
  if (typed === null || (/^\d+$/.test(typed) && port <= highestPort)) return port
  throw new LaunchError('USAGE', `--port "${typed}" is not a port`, { hint: `0 to ${highestPort}; 0 is any free one` })
}

function announce(context: Context, url: string, app: string, count: number): void {
  const { options, output } = context
  if (options.json || options.jsonl) {
    // With --json the document comes at the end, which is too late for whoever wants to open it.
    return (options.jsonl ? output.out : output.err).writeJson({ type: 'serving', url })
  }
  const none = count === 0 ? ['no launch yet; one that is opened appears'] : []
  const lines = [`launches of ${app}: ${url}`, ...none, '', 'read-only, for this machine alone; Ctrl-C ends it.']
  output.out.write(linesFor(context, lines))
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
