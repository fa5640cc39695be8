import { playedFlag } from '../flags/played.ts'
import type { Audience } from '../core/audience.ts'
import { environmentOf } from '../core/environment-of.ts'
import { formatDuration } from '../core/units.ts'
import type { Command } from './command.ts'
import { seeFlag } from './flag-reading.ts'
import { edgeText, seeEdge } from './flag-edge.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

export const flagShow: Command = {
  name: 'flag show',
  group: 'look',
  about:
    'the flag in its store and as users are served it, who wrote it last and why, and how fast a change reaches users',
  examples: [
    ['launch flag show', 'store and edge side by side; changes nothing'],
    ['launch flag show --env staging --json', 'of another environment, as data'],
  ],
  run: async (context) => {
    const { plan } = await context.project()
    const { name } = environmentOf(plan, context.options.env)
    await mustHaveWorld(context)
    const world = await context.world(plan, { driver: false })
    const store = world.flag(name)
    const [flag, edge, { flagLine }, { flagStoreKind }] = await Promise.all([
      seeFlag(world, name, context.signal),
      seeEdge(store, context.signal),
      import('../ui/status.ts'),
      import('../flags/registry.ts'),
    ])
    if (flag.status === 'unreadable') throw flag.error
    const { kind, cas } = flagStoreKind(plan.flag)
    const isPlayed = context.isSandbox && playedFlag(plan.flag) !== plan.flag
    const written = flag.status === 'present' ? flag.flag : null
    const at = written && new Date(written.updatedAt).toISOString().slice(0, 19)
    const lines = [
      flagLine({ flag, flagKey: plan.flag.key }),
      `store     ${store.location}${isPlayed ? `, played: nothing in ${kind} is touched` : ''}${cas ? '' : ' (no compare-and-set: refused in launch auto)'}`,
      `edge      ${edgeText(edge, flag)}`,
      `budget    a change reaches users within ${formatDuration(store.propagationMs)}`,
      ...(written ? [`written   ${at}Z by ${written.updatedBy}: ${written.reason}`] : []),
      ...audienceLines(written?.audience),
    ]
    const { safeText } = await import('../core/safe-text.ts')
    return {
      outcome: 'succeeded',
      text: linesFor(context, lines.map(safeText)),
      document: {
        key: plan.flag.key,
        store: { kind, location: store.location, cas, propagationMs: store.propagationMs },
        flag: written,
        status: flag.status,
        edge: edge.status === 'seen' ? { reading: edge.reading, headers: edge.headers } : { why: edge.why },
      },
    }
  },
}

/** So many ids are said, and how many there are. */
const shown = 5

function audienceLines(audience: Audience | undefined): readonly string[] {
  const { include = [], exclude = [], holdbackPercent = 0 } = audience ?? {}
  const some = (users: readonly string[]) =>
    `${users.length}: ${users.slice(0, shown).join(', ')}${users.length > shown ? ', …' : ''}`
  return [
    ...(include.length > 0 ? [`included  ${some(include)}`] : []),
    ...(exclude.length > 0 ? [`excluded  ${some(exclude)}`] : []),
    ...(holdbackPercent > 0 ? [`held back ${holdbackPercent}% of users at 100%`] : []),
  ]
}
