import type { Context } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import type { Session } from '../engine/session.ts'

type Told = Pick<Session, 'plan' | 'state' | 'events'>

/** Before the first question to somebody who takes a launch up: where it stands, and who left it there. */
export async function sayHandedOver(
  { output, options }: Context,
  { plan, state, events }: Told,
  now: EpochMs,
): Promise<void> {
  if (options.quiet) return
  const { handOverLines } = await import('../ui/hand-over.ts')
  await tell(output.err, handOverLines({ plan, state, events, now }, output.err.theme))
}

/** After a gate failed: what the run sheet's decision matrix says about it. Nothing where no gate fails, or where its question said so. */
export async function sayMatrix(
  { output, options }: Context,
  { plan, state, unanswered }: Told & Pick<Session, 'unanswered'>,
): Promise<void> {
  const asked = [...unanswered].some((question) => question.startsWith('again/'))
  if (options.quiet || asked) return
  const { failingGate, matrixLines } = await import('../ui/matrix.ts')
  const gate = failingGate(state)
  const lines = gate ? matrixLines(plan, gate) : []
  if (lines.length === 0) return
  await tell(output.err, ['', output.err.theme.paint.heading('Decision matrix'), ...lines.map((line) => `  ${line}`)])
}

async function tell({ write, theme, terminal }: Context['output']['err'], lines: readonly string[]): Promise<void> {
  const { wrap } = await import('../ui/wrap.ts')
  const wrapped = terminal.isTTY ? lines.flatMap((line) => wrap(line, terminal.columns, 10)) : lines
  write(wrapped.map((line) => `${theme.encode(line)}\n`).join(''))
}
