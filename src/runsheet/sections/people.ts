import { z } from 'zod'
import { Name, Text } from './names.ts'

export const Approval = z.strictObject({
  role: Name.describe('who signs: product-owner'),
  statement: Text.describe('what they sign'),
  name: Text.optional().describe('the person, when it is known'),
})

export const Contact = z.strictObject({
  role: Text.describe('what they are on this launch'),
  name: z.string().default('').describe('the person'),
  contact: z.string().default('').describe('how to reach them'),
  responsibility: Text.describe('what they answer for'),
})

export const Channel = z.strictObject({
  name: Text.describe('name of the channel: "#releases"'),
  webhook: z
    .string()
    .regex(
      /^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/,
      'a webhook address is a secret; write ${env:NAME} and set that variable',
    )
    .optional()
    .describe('environment variable with the address to post to: ${env:SLACK_RELEASES}'),
})

export const EscalationLevel = z.strictObject({
  level: z.int().min(1).describe('1 is the first'),
  name: Text.describe('how it is called'),
  when: Text.describe('what triggers it'),
  action: Text.describe('what happens then'),
  channel: Name.optional().describe('id of a channel under channels: that hears of it'),
})
