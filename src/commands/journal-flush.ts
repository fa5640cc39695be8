import type { Context } from '../context.ts'
import { firstLineOf, LaunchError } from '../core/errors.ts'
import type { Spooled } from '../journal/spool.ts'
import { text, type Command } from './command.ts'
import type { Flushed } from './flush-spool.ts'

export const journalFlush: Command = {
  name: 'journal flush',
  group: 'on call',
  about:
    'tell the journal what was done from this machine and could not be journaled then; safe to repeat; needs no run sheet where --state and --app say whose journal',
  options: [
    [
      '--forget <id>',
      'let go of one that no journal is told of, as that of a rollback at a mistyped place; --dry-run lists what waits',
    ],
  ],
  examples: [
    ['launch journal flush', 'after a rollback said NOT YET JOURNALED'],
    ['launch journal flush --state s3://statusboard-launches --app statusboard', 'without a run sheet'],
    ['launch journal flush --dry-run', 'what waits, and which journal would be told'],
    ['launch journal flush --json', 'as data: what was journaled, and what is about another project'],
  ],
  run: async (context, _args, options) => {
    const forget = text(options, 'forget')
    if (context.options.dryRun) return (await import('./flush-dry.ts')).flushDry(context, forget)
    const [{ flushSpool }, { whatBecameOf, whatIs }, { linesFor }, { safeText }] = await Promise.all([
      import('./flush-spool.ts'),
      import('./spooled-words.ts'),
      import('./say.ts'),
      import('../ui/text.ts'),
    ])
    const flushed = await flushSpool(context, context.signal)
    const { told, elsewhere, homeless, strange, forgotten } = await letGo(context, flushed, forget)
    const lines = [
      ...(forgotten ? [safeText(`forgotten: ${whatIs(forgotten)}, ${forgotten.location}`)] : []),
      ...told.map(([spooled, answer]) => `${safeText(whatIs(spooled))}: ${whatBecameOf(answer)}`),
      ...(elsewhere.length > 0
        ? [
            `left as they are, no launch that is remembered here was about them: ${placesOf(elsewhere, safeText)}; run this with their run sheet and --state; of a mistyped place: launch journal flush --forget ${elsewhere[0]?.id}`,
          ]
        : []),
      ...(strange.length > 0
        ? [`not understood and left in ${context.spoolFolder}: ${strange.map(safeText).join(', ')}`]
        : []),
    ]
    const lost = homelessError(homeless, safeText)
    if (lost !== null && lines.length === 0) throw lost
    const also = lost === null ? [] : [`left as they are, ${lost.message}`, lost.hint]
    return {
      outcome: 'succeeded',
      text: linesFor(context, lines.length > 0 ? [...lines, ...also] : ['nothing waits to be journaled']),
      document: {
        journaled: told.flatMap(([{ id }, answer]) =>
          answer.status === 'journaled' ? [{ id, launch: answer.launch, n: answer.n }] : [],
        ),
        forgotten: forgotten ? [forgotten.id] : [],
        elsewhere: untoldOf({ elsewhere, homeless }).map(({ id, location }) => ({ id, location })),
      },
    }
  },
}

/** What no journal took: it waits on. */
function untoldOf({ elsewhere, homeless }: Pick<Flushed, 'elsewhere' | 'homeless'>): readonly Spooled[] {
  return [...elsewhere, ...homeless.map(([spooled]) => spooled)]
}

/** What is left once one that no journal took just now is forgotten. Throws NOT_FOUND where nothing waited under the id. */
async function letGo(
  context: Context,
  flushed: Flushed,
  id: string | null,
): Promise<Flushed & { readonly forgotten: Spooled | null }> {
  const { told, elsewhere, homeless } = flushed
  if (id === null || told.some(([spooled]) => spooled.id === id)) return { ...flushed, forgotten: null }
  const forgotten = untoldOf(flushed).find((spooled) => spooled.id === id)
  if (!forgotten)
    throw new LaunchError('NOT_FOUND', `nothing waits to be journaled under "${id}"`, {
      hint: 'launch journal flush --dry-run lists what waits, each with its id',
    })
  await (await context.spool()).drop(id)
  return {
    ...flushed,
    elsewhere: elsewhere.filter((spooled) => spooled !== forgotten),
    homeless: homeless.filter(([spooled]) => spooled !== forgotten),
    forgotten,
  }
}

/** What to say of records whose journal nobody names; null when there are none. */
function homelessError(homeless: Flushed['homeless'], safe: (text: string) => string): LaunchError | null {
  const [first] = homeless
  if (!first) return null
  const [spooled, cause] = first
  const flags = placesOf(
    homeless.map(([one]) => one),
    safe,
  )
  const why = firstLineOf(cause)
  return new LaunchError(cause.code, `nothing says where the launches of ${flags} are remembered: ${why}`, {
    hint: `say it: launch journal flush --state s3://bucket/prefix --app name; or run this where the run sheet is (-C folder); of a mistyped place: --forget ${spooled.id}`,
    cause,
    ...(cause.at ? { at: cause.at } : {}),
  })
}

function placesOf(spooled: readonly Spooled[], safe: (text: string) => string): string {
  return [...new Set(spooled.map(({ location }) => safe(location)))].join(', ')
}
