import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { Argv, Duration } from '../core/fields.ts'
import { tellingLine } from '../core/telling-line.ts'
import { formatDuration } from '../core/units.ts'
import { fail, pass, unknown, waived } from '../core/verdict.ts'

/** What test programs exit with when they cannot run where they are (automake's convention for a skipped test). */
const cannotRunHere = 77

type Spec = {
  readonly run: readonly string[]
  readonly cwd?: string | undefined
  readonly timeout: number
  readonly requires: readonly string[]
}

export const command = defineCheck({
  kind: 'command',
  about:
    'a command of yours ends with exit code 0; waived with the reason where a program it requires is not installed',
  example: '{ kind: command, run: [npm, run, smoke], requires: [chromium, google-chrome], timeout: 5m }',
  hint: 'run the command by hand in the same folder; CORS errors in a browser flow: confirm the API endpoint configuration and the proxy settings',
  shape: {
    run: Argv,
    cwd: z.string().min(1).optional().describe('folder to run it in, from the folder of the run sheet'),
    timeout: Duration.default(5 * 60_000).describe('after this it is stopped and the answer is unknown'),
    requires: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'programs of which one must be installed; without any of them, or when the command exits 77, the check is waived',
      ),
  },
  title: (check) => check.run.join(' '),
  needs: (check) => [needOf(check)],
  judge: (check, look) => {
    const ended = look.see(needOf(check))
    if (ended.status === 'missing') return unknown(ended.why)
    if (!ended.value.ran) return waived(`not run: ${ended.value.absent}`)
    const { exitCode, ms, tail } = ended.value
    const found = { observed: `exit ${exitCode}`, limit: 'exit 0', samples: 1 }
    if (exitCode === cannotRunHere && check.requires.length > 0)
      return waived(`not run: ${lastLine(tail).replace(/^not run: /, '')}`, found)
    if (exitCode === 0) return pass(`exit 0 after ${formatDuration(ms)}`, found)
    const last = tellingLine(tail)
    return fail(`exit ${exitCode} after ${formatDuration(ms)}${last === '' ? ', without output' : `: ${last}`}`, found)
  },
})

function needOf(check: Spec): NeedOf<'command'> {
  const need = { need: 'command', run: check.run, timeoutMs: check.timeout, anyOf: check.requires } as const
  return check.cwd === undefined ? need : { ...need, cwd: check.cwd }
}

function lastLine(text: string): string {
  return text.trimEnd().split(/\r?\n/).at(-1)?.trim() ?? ''
}
