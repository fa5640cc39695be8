import type { Context } from '../context.ts'
import { messageOf } from '../core/errors.ts'
import type { Finding } from '../ui/doctor.ts'
import type { Command } from './command.ts'
import { linesFor } from './say.ts'

export const doctor: Command = {
  name: 'doctor',
  group: 'set up',
  about:
    'what a launch needs of this machine and of AWS: Node, git, terminal, clock, run sheet, credentials, rights, state, flag; changes nothing',
  examples: [
    ['launch doctor', 'everything the run sheet of this folder needs; without one, this machine alone'],
    ['launch doctor --sandbox', 'the same in the sandbox of this folder'],
    ['launch doctor --json', 'as data; exit 0 when nothing is in the way, 2 or 6 when something is'],
  ],
  run: async (context) => {
    const [{ lookAtMachine }, { lookAtProject }, { doctorLines, counted }] = await Promise.all([
      import('./doctor-machine.ts'),
      import('./doctor-project.ts'),
      import('../ui/doctor.ts'),
    ])
    const [ofMachine, ofProject] = await Promise.all([lookAtMachine(context), lookAtProject(context)])
    const findings = [...ofMachine, ...ofProject]
    const failed = findings.filter(({ verdict }) => verdict === 'fail')
    const { terminal, theme } = context.output.out
    return {
      // What is wrong here is mended here; what AWS refuses may be mended by waiting or by somebody else.
      outcome: failed.length === 0 ? 'succeeded' : failed.some(isOurs) ? 'invalid' : 'unavailable',
      ...(failed.length === 0 ? {} : { why: `not ready to launch: ${failed.map(nameOf).join(', ')}` }),
      text: linesFor(context, doctorLines(findings, theme, terminal.isTTY ? terminal.columns : null)),
      document: { checks: findings, counted: counted(findings) },
    }
  },
}

const ours: ReadonlySet<string> = new Set(['node', 'run sheet', 'git', 'clock', 'programs'])

function isOurs({ id }: Finding): boolean {
  return ours.has(id)
}

function nameOf({ id, env }: Finding): string {
  return env === null ? id : `${env} ${id}`
}

/** No look takes longer (real ms): the others have been told long before. */
const lookMs = 20_000

/**
 * One look at one thing. What it throws is a finding too: its message, and the error's own hint. Throws only when stopped.
 */
export async function looked(
  context: Context,
  about: { readonly id: string; readonly env?: string; readonly otherwise?: Finding['verdict'] },
  look: (signal: AbortSignal) => Promise<Pick<Finding, 'detail'> & Partial<Finding>>,
): Promise<Finding> {
  const { id, env = null, otherwise = 'fail' } = about
  const limit = AbortSignal.timeout(lookMs)
  const late = new Promise<never>((_, reject) =>
    limit.addEventListener('abort', () => reject(new Error(`no answer within ${lookMs / 1000}s`)), { once: true }),
  )
  try {
    const found = await Promise.race([look(AbortSignal.any([context.signal, limit])), late])
    return { id, env, verdict: 'ok', hint: '', ...found }
  } catch (error) {
    context.signal.throwIfAborted()
    return { id, env, verdict: otherwise, detail: messageOf(error), hint: hintOf(error) }
  }
}

function hintOf(error: unknown): string {
  return error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : ''
}
