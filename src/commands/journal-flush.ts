import type { Command } from './command.ts'

export const journalFlush: Command = {
  name: 'journal flush',
  group: 'on call',
  about: 'tell the journal what was done from this machine and could not be journaled then; safe to repeat',
  examples: [
    ['launch journal flush', 'after a rollback said NOT YET JOURNALED'],
    ['launch journal flush --json', 'as data: what was journaled, and what is about another project'],
  ],
  run: async (context) => {
    const [{ flushSpool }, { whatBecameOf, whatIs }, { linesFor }, { safeText }] = await Promise.all([
      import('./flush-spool.ts'),
      import('./spooled-words.ts'),
      import('./say.ts'),
      import('../ui/text.ts'),
    ])
    const { told, elsewhere, strange } = await flushSpool(context, context.signal)
    const lines = [
      ...told.map(([spooled, answer]) => `${safeText(whatIs(spooled))}: ${whatBecameOf(answer)}`),
      ...(elsewhere.length > 0
        ? [
            `left as they are, no launch that is remembered here was about them: ${[...new Set(elsewhere.map(({ location }) => safeText(location)))].join(', ')}; run this with their run sheet and --state`,
          ]
        : []),
      ...(strange.length > 0
        ? [`not understood and left in ${context.spoolFolder}: ${strange.map(safeText).join(', ')}`]
        : []),
    ]
    return {
      outcome: 'succeeded',
      text: linesFor(context, lines.length > 0 ? lines : ['nothing waits to be journaled']),
      document: {
        journaled: told.flatMap(([{ id }, answer]) =>
          answer.status === 'journaled' ? [{ id, launch: answer.launch, n: answer.n }] : [],
        ),
        elsewhere: elsewhere.map(({ id, location }) => ({ id, location })),
      },
    }
  },
}
