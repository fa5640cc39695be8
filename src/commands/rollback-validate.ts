import { environmentOf } from '../core/environment-of.ts'
import { messageOf } from '../core/errors.ts'
import { safeLine } from '../core/safe-text.ts'
import type { Command } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { sheetOnCall } from './sheet-on-call.ts'

type Line = { readonly ok: boolean; readonly what: string; readonly detail: string }

export const rollbackValidate: Command = {
  name: 'rollback validate',
  group: 'on call',
  about:
    'prove that a rollback holds: the flag is off for users, every file of the release is served byte for byte, health is 200',
  examples: [
    ['launch rollback validate', 'after a rollback; exit 3 names what is not right'],
    ['launch rollback validate --json', 'the same for a script'],
  ],
  run: async (context) => {
    const { signal } = context
    const { plan } = await sheetOnCall(context)
    await mustHaveWorld(context)
    const world = await context.world(plan)
    const environment = environmentOf(plan, context.options.env)
    const { verifyCurrent } = await import('../steps/restore.ts')
    const lines: Line[] = []
    const store = world.flag(environment.name)
    const [reading, edge] = await Promise.all([store.read(signal), store.observe(signal)])
    for (const [what, seen] of [
      ['flag', reading],
      ['flag as users see it', edge.reading],
    ] as const) {
      const off = seen.status === 'absent' || (seen.status === 'present' && seen.flag.percent === 0)
      const detail =
        seen.status === 'present'
          ? `${seen.flag.percent} %${seen.flag.latched ? `, latched by ${seen.flag.updatedBy}: ${seen.flag.reason}` : ''}`
          : seen.status
      lines.push({ ok: off, what, detail })
    }
    const served = await verifyCurrent(
      environment.url,
      { objects: world.objects(environment.name), http: world.http, clock: world.clock },
      signal,
    )
    const wrong = served?.served.wrong[0]
    lines.push(
      served
        ? {
            ok: !wrong,
            what: 'files',
            detail: wrong
              ? `${served.served.wrong.length} of ${served.files} wrong: /${wrong.path} ${wrong.why}`
              : `${served.files} of ${served.files} files of ${served.release} are served byte for byte`,
          }
        : { ok: true, what: 'files', detail: 'launch never deployed here: nothing to compare with' },
    )
    for (const path of environment.health) {
      const url = `${environment.url}${path}`
      const answer = await world.http
        .get(url, { timeoutMs: 10_000 }, signal)
        .then(({ status }) => String(status), messageOf)
      lines.push({ ok: answer === '200', what: 'health', detail: `${url} ${answer}` })
    }
    const bad = lines.filter(({ ok }) => !ok)
    const { icons } = context.output.out.theme
    return {
      outcome: bad.length === 0 ? 'succeeded' : 'refused',
      ...(bad.length === 0 ? {} : { why: bad.map(({ what, detail }) => `${what}: ${detail}`).join('; ') }),
      // The detail is of whoever wrote the flag or the files: no line break, no colour.
      text: lines
        .map(({ ok, what, detail }) => `${ok ? icons.pass : icons.fail} ${what}: ${safeLine(detail)}`)
        .join('\n'),
      document: { checks: lines, release: served?.release ?? null },
    }
  },
}
