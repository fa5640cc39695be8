import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

export const credentials = defineCheck({
  kind: 'credentials',
  about: 'the AWS credentials belong to the account of the environment and may deploy and roll back',
  example: '{ kind: credentials }',
  hint: 'aws sso login, or use the profile or role of the run sheet; the policy of the role has to grant the rights that are named',
  shape: {
    account: z
      .string()
      .regex(/^\d{12}$/, 'an AWS account has 12 digits; write it in quotes')
      .optional()
      .describe('account they must belong to; default the one of the environment'),
    rights: z
      .array(z.string().min(1))
      .default(['deploy', 'rollback'])
      .describe('rights that must have been probed and granted'),
  },
  title: (check) => `credentials may ${check.rights.join(' and ')}`,
  needs: () => [{ need: 'identity' }],
  judge: (check, look) => {
    const identity = look.see({ need: 'identity' })
    if (identity.status === 'missing') return unknown(identity.why)
    const { account, arn, rights } = identity.value
    const expected = check.account ?? look.scope.environment.account ?? null
    const found = { observed: account, limit: expected, samples: rights.length, query: arn }
    if (expected !== null && account !== expected)
      return fail(`${arn} is of account ${account}, not ${expected}`, found)

    const denied = rights.filter((right) => !right.allowed)
    if (denied.length > 0)
      return fail(denied.map((right) => `may not ${right.right}: ${right.detail}`).join('; '), found)
    const unprobed = check.rights.filter((name) => rights.every((right) => right.right !== name))
    if (unprobed.length > 0) return unknown(`not probed: ${unprobed.join(', ')}`, found)
    return pass(
      `${arn}: ${rights.map((right) => right.right).join(', ')}${expected === null ? '; the run sheet names no account' : ''}`,
      found,
    )
  },
})
