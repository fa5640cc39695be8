import { z } from 'zod'
import { isoTime } from '../core/brand.ts'
import { defineCheck, type NeedScope } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

type Spec = { readonly id?: string | undefined; readonly ask: string }

export const confirm = defineCheck({
  kind: 'confirm',
  about: 'a person answers a question with yes; --yes answers it too and is recorded as such',
  example: '{ kind: confirm, ask: "Is the KPI dashboard updating?" }',
  hint: 'answer it in launch interactive, or say --yes when it is checked; a no stops the phase until launch resume asks again',
  shape: { ask: z.string().min(1).describe('question that yes answers well') },
  title: (check) => check.ask,
  needs: (check, scope) => [needOf(check, scope)],
  judge: (check, look) => {
    const reply = look.see(needOf(check, look.scope))
    if (reply.status === 'missing') return unknown(reply.why)
    const { answer, by, at, note } = reply.value
    const why = `${answer} by ${by} at ${isoTime(at)}${note === '' ? '' : `: ${note}`}`
    const found = { observed: answer, limit: 'yes', samples: 1 }
    return answer === 'yes' ? pass(why, found) : fail(why, found)
  },
})

/** The id outlives a resume; the same question in another phase is another question. */
function needOf(check: Spec, scope: NeedScope): NeedOf<'answer'> {
  return { need: 'answer', id: `${scope.phase}/${check.id ?? slug(check.ask)}`, ask: check.ask }
}

function slug(text: string): string {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)
  return words?.join('-') ?? 'confirm'
}
