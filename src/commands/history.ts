import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import type { PastLaunch } from '../ui/history.ts'
import { text, type Command } from './command.ts'
import { hasWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

const newest = 20

export const history: Command = {
  name: 'history',
  group: 'look',
  about: 'the launches of this app, newest first, and how they ended',
  options: [['--limit <n>', `how many (default: ${newest})`]],
  examples: [
    ['launch history', `the last ${newest}`],
    ['launch history --limit 3 --json', 'as data'],
  ],
  run: async (context, _args, options) => {
    const limit = Number(text(options, 'limit') ?? newest)
    if (!Number.isSafeInteger(limit) || limit < 1)
      throw new LaunchError('USAGE', `--limit "${text(options, 'limit')}" is not a number of launches`)
    const past = (await hasWorld(context)) ? await read(context, limit) : []
    const [{ historyLines }, { rollbackCount }] = await Promise.all([
      import('../ui/history.ts'),
      import('../ui/rollback-count.ts'),
    ])
    return {
      outcome: 'succeeded',
      text: linesFor(context, historyLines(past, context.output.out.theme)),
      document: { launches: past.map((one) => ({ ...summary(one), rollbacks: rollbackCount(one.state) })) },
    }
  },
}

async function read(context: Context, limit: number): Promise<readonly PastLaunch[]> {
  const { signal } = context
  const { plan } = await context.project()
  await context.world(plan, { driver: false })
  const launches = await context.launches(plan)
  const [ids, current] = await Promise.all([launches.list(signal), launches.current(signal)])
  const states = await Promise.all(
    ids.slice(-limit).map(async (id) => {
      try {
        return fold(await (await launches.load(id, signal)).log.read(signal))
      } catch (error) {
        if (!(error instanceof LaunchError) || error.code === 'UNREACHABLE') throw error
        // One that does not hold together must not hide the others.
        context.output.err.write(`launch ${id} cannot be read: ${error.message}\n`)
        return null
      }
    }),
  )
  // Sandbox launches may begin at the same instant of their worlds: the one opened last goes first.
  const isCurrent = (state: LaunchState) => Number(state.id === current?.log.launch)
  return states
    .filter((state) => state !== null)
    .sort((a, b) => b.openedAt - a.openedAt || isCurrent(b) - isCurrent(a) || (a.id < b.id ? 1 : -1))
    .map((state) => ({ state, superseded: !state.ended && !isCurrent(state) }))
}

function summary({ state, superseded }: PastLaunch): object {
  const { id, openedAt, openedBy, version, commit, ended, sandbox } = state
  return {
    launch: id,
    openedAt: new Date(openedAt).toISOString(),
    openedBy: openedBy.name,
    version,
    commit,
    outcome: ended?.outcome ?? (superseded ? 'superseded' : null),
    why: ended?.why ?? (superseded ? 'another launch was opened over it' : null),
    endedAt: ended ? new Date(ended.at).toISOString() : null,
    scenario: sandbox,
  }
}
