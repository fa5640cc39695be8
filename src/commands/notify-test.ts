import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { PostedRequest } from '../compose/notifying.ts'
import type { Plan } from '../core/plan.ts'
import type { About } from '../notify/messages.ts'
import type { Notice, Paging } from '../notify/notice.ts'
import type { Target } from '../notify/target.ts'
import { text, type Command } from './command.ts'
import { dryRun, linesFor, mustBeOneOf } from './say.ts'

/** Enough for every try of a place that answers late. */
const deadlineMs = 30_000

export const notifyTest: Command = {
  name: 'notify test',
  group: 'set up',
  about: 'post a test message to every channel whose variable is set; with --page also open and close a test incident',
  options: [
    ['--channel <id>', 'only this channel of the run sheet'],
    ['--page', 'also page: opens an incident and closes it at once'],
  ],
  examples: [
    ['launch notify test', 'which channels are reached, which variables are missing'],
    ['launch notify test --channel primary', 'one channel'],
    ['launch notify test --page', 'somebody is paged'],
  ],
  run: async (context, _args, options) => {
    const { plan } = await context.project()
    const only = text(options, 'channel')
    if (only !== null) await mustBeOneOf(only, Object.keys(plan.channels), 'channel')
    const wanted = ({ id }: { readonly id: string }) =>
      id === 'page' ? options['page'] === true : only === null || id === only
    const { usable, unusable } = (await context.notifying()).targets(plan)
    const [targets, others] = [usable.filter(wanted), unusable.filter(wanted)]
    const dry = dryRun(context, `post to ${targets.map(({ name }) => name).join(', ') || 'nobody'}`)
    if (dry) return dry
    const told = await Promise.all(
      targets.map(async (target) => ({ ...target, why: await posted(context, plan, target) })),
    )
    const rows = [...told.map((one) => ({ ...one, unset: false })), ...others]
    if (rows.length === 0)
      throw new LaunchError('USAGE', 'the run sheet names no webhook', {
        hint: 'under channels: webhook: "${env:SLACK_RELEASES}"; under notify: page',
      })
    const [{ table }, { icons, paint }] = [await import('../ui/text.ts'), context.output.out.theme]
    const lines = table(
      rows.map(({ name, variable, host, why, unset }) => [
        why === null
          ? paint.pass(`${icons.pass} told`)
          : unset
            ? `${icons.waived} not set`
            : paint.fail(`${icons.fail} not told`),
        name,
        variable,
        host,
        why === null || unset ? '' : why,
      ]),
    )
    const bad = rows.filter(({ why, unset }) => why !== null && !unset)
    const nobody = told.every(({ why }) => why !== null)
    const failed = bad.length > 0 || nobody
    return {
      outcome: failed ? 'unavailable' : 'succeeded',
      ...(failed ? { why: nobody ? 'nobody was told' : `not told: ${bad.map(({ name }) => name).join(', ')}` } : {}),
      text: linesFor(context, lines),
      document: {
        notified: rows.map(({ id, name, variable, host, why }) => ({
          id,
          name,
          variable,
          host,
          told: why === null,
          why,
        })),
      },
    }
  },
}

/** Null when it was taken, else why not. */
async function posted(context: Context, plan: Plan, target: Target): Promise<string | null> {
  const [actor, notifying, { chatBody }, { pageRequest }] = await Promise.all([
    context.actor(),
    context.notifying(),
    import('../notify/messages.ts'),
    import('../notify/paging.ts'),
  ])
  const about: About = { plan, launch: 'test', sandbox: context.options.scenario }
  const notice: Notice = {
    id: 'test',
    at: notifying.now(),
    mark: 'note',
    title: `A test from ${actor.host}`,
    lines: ['Nothing happened: this is what messages of a launch look like.'],
    to: [],
    run: actor.run,
  }
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(deadlineMs)])
  const send = (request: PostedRequest) =>
    notifying.post(request, signal).catch((error: unknown) => {
      context.signal.throwIfAborted()
      if (!signal.aborted) throw error
      return 'it did not answer in time'
    })
  const { page } = plan.notify ?? {}
  if (target.id !== 'page' || !page)
    return send({ url: target.url, headers: {}, body: chatBody(notice, about, target.id) })
  const key = `${plan.app}/notify-test`
  const paged = (paging: Paging) =>
    send(pageRequest(page.kind, target.url, { ...notice, page: paging }, about, target.key))
  return (await paged({ action: 'trigger', key, severity: 'error' })) ?? (await paged({ action: 'resolve', key }))
}
