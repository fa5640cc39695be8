import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { formatCount, plural } from '../core/quantity.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

export const artifact = defineCheck({
  kind: 'artifact',
  about: 'the built files are there, are fit to ship, were built with the expected values and hold the expected texts',
  example: '{ kind: artifact, env: { VITE_FEATURE_STATUS_BOARD_V2: "false" } }',
  hint: 'build failures: npm ci in the folder of the frontend, then launch build',
  shape: {
    env: z.record(z.string(), z.string()).default({}).describe('environment values that the build must have had'),
    contains: z
      .array(z.string().min(1))
      .optional()
      .describe('texts that a built file must hold, such as the value a flag was compiled with'),
  },
  title: (check) =>
    ['artifact built', ...Object.entries(check.env).map(([name, value]) => `${name}=${value}`)].join(', '),
  needs: (check) => [needOf(check)],
  judge: (check, look) => {
    const built = look.see(needOf(check))
    if (built.status === 'missing') return unknown(built.why)
    const { hash, files, bytes, problems, buildEnv, holds = {} } = built.value
    const found = { observed: hash.slice(0, 12), limit: look.launch.artifact?.slice(0, 12) ?? null, samples: files }
    if (files === 0) return fail('the build left no files', found)
    if (problems.length > 0) return fail(problems.join('; '), found)
    const wrong = Object.entries(check.env).filter(([name, value]) => buildEnv[name] !== value)
    if (wrong.length > 0)
      return fail(
        wrong.map(([name, value]) => `built with ${name}=${buildEnv[name] ?? '(not set)'}, not ${value}`).join('; '),
        found,
      )
    if (look.launch.artifact !== null && hash !== look.launch.artifact) {
      return fail(
        `the files are ${hash.slice(0, 12)}, not ${look.launch.artifact.slice(0, 12)} that this launch built`,
        found,
      )
    }
    const lacking = (check.contains ?? []).filter((text) => (holds[text] ?? null) === null)
    if (lacking.length > 0) return fail(`no built file holds ${lacking.join(', ')}`, found)
    const held = Object.entries(holds).map(([text, path]) => `; ${text} stands in ${path ?? ''}`)
    return pass(`${plural(files, 'file')}, ${formatCount(bytes)} bytes, ${hash.slice(0, 12)}${held.join('')}`, found)
  },
})

function needOf({ contains }: { readonly contains?: readonly string[] | undefined }): NeedOf<'artifact'> {
  return contains === undefined ? { need: 'artifact' } : { need: 'artifact', texts: contains }
}
