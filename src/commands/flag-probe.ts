import type { Audience } from '../core/audience.ts'
import { environmentOf } from '../core/environment-of.ts'
import type * as Bucket from '../flags/bucket.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { text, type Command } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

export const flagProbe: Command = {
  name: 'flag probe',
  group: 'look',
  about: 'what one user gets: from the store, as served at the edge, and from which share on',
  options: [['--user <id>', 'the id the site deals this user with']],
  examples: [
    ['launch flag probe --user 3f6c0b6e', 'on or off, and why'],
    ['launch flag probe --user 3f6c0b6e --json', 'as data'],
  ],
  run: async (context, _args, options) => {
    const user = text(options, 'user')
    if (user === null) throw new LaunchError('USAGE', 'no user is named', { hint: 'launch flag probe --user ID' })
    const { plan } = await context.project()
    const { isDealtOn, onFrom } = await dealing(plan)
    const { name } = environmentOf(plan, context.options.env)
    await mustHaveWorld(context)
    const world = await context.world(plan, { driver: false })
    const store = world.flag(name)
    const [held, { reading: served }] = await Promise.all([store.read(context.signal), store.observe(context.signal)])
    const { key } = plan.flag
    const of = (reading: typeof held) =>
      reading.status === 'present' && isDealtOn(key, user, reading.flag.percent, reading.flag.audience)
    // Who is named and held back is known from the flag; before the first stage, from the plan.
    const audience = served.status === 'present' && served.flag.percent > 0 ? served.flag.audience : plan.flag.audience
    const fromPercent = onFrom(key, user, audience)
    const [inStore, atEdge] = [of(held), of(served)]
    const why = (reading: typeof held) => {
      if (reading.status !== 'present') return `the flag is ${reading.status}`
      return reading.flag.latched ? 'the flag is latched off' : `the flag is at ${reading.flag.percent} %`
    }
    const { safeText } = await import('../core/safe-text.ts')
    return {
      outcome: 'succeeded',
      text: linesFor(context, [
        `user ${safeText(user)} gets ${atEdge ? 'the new version' : 'the old version'}: ${why(served)}, and ${dealtText(user, fromPercent, audience)}`,
        ...(inStore === atEdge
          ? []
          : [`and soon ${inStore ? 'the new version' : 'the old version'}: ${why(held)} in the store`]),
      ]),
      document: { user, key, on: atEdge, store: inStore, fromPercent },
    }
  },
}

function dealtText(user: string, fromPercent: number | null, audience: Audience | undefined): string {
  if (audience?.exclude.includes(user)) return 'this user is excluded'
  if (audience?.include.includes(user)) return 'this user is included from the first stage on'
  return fromPercent === null ? 'this user is held back, also at 100 %' : `this user is on from ${fromPercent} %`
}

/** How this flag's users are dealt. Throws USAGE where a service's own SDKs do that. */
export async function dealing(plan: Plan): Promise<typeof Bucket> {
  const [{ flagStoreKind }, bucket] = await Promise.all([import('../flags/registry.ts'), import('../flags/bucket.ts')])
  const { kind, dealtBy } = flagStoreKind(plan.flag)
  if (dealtBy === 'flagd') return bucket
  throw new LaunchError('USAGE', `users of a flag in ${kind} are dealt by its own SDKs`, {
    hint: `ask ${kind} for the evaluation of a user`,
  })
}
