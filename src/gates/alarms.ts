import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import type { NeedOf } from '../core/evidence.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

export const alarms = defineCheck({
  kind: 'alarms',
  about: 'every named CloudWatch alarm, composite ones included, exists and says OK',
  example: '{ kind: alarms, names: [statusboard-5xx, statusboard-latency] }',
  hint: 'open the alarm that is named; INSUFFICIENT_DATA means that it has judged nothing yet, and an absent one is misspelt or in another region',
  shape: { names: z.array(z.string().min(1)).min(1).max(100).describe('names of the alarms that must be OK') },
  title: (check) => (check.names.length > 2 ? `${check.names.length} alarms quiet` : `${check.names.join(', ')} quiet`),
  needs: (check) => [needOf(check.names)],
  judge: (check, look) => {
    const states = look.see(needOf(check.names))
    if (states.status === 'missing') return unknown(states.why)
    const named = check.names.map((name) => ({ name, alarm: states.value.find((state) => state.name === name) }))
    const ok = named.filter(({ alarm }) => alarm?.state === 'OK').length
    const found = { observed: `${ok} of ${named.length} OK`, limit: 'OK', samples: states.value.length }

    const ringing = named.filter(({ alarm }) => alarm?.state === 'ALARM')
    if (ringing.length > 0)
      return fail(ringing.map(({ name, alarm }) => `${name} is in ALARM: ${alarm?.reason ?? ''}`).join('; '), found)
    const unsure = named.filter(({ alarm }) => alarm?.state !== 'OK')
    if (unsure.length > 0)
      return unknown(
        unsure.map(({ name, alarm }) => `${name} ${alarm ? `is ${alarm.state}` : 'does not exist'}`).join('; '),
        found,
      )
    return pass(`${named.length} of ${named.length} OK`, found)
  },
})

function needOf(names: readonly string[]): NeedOf<'alarms'> {
  return { need: 'alarms', names }
}
