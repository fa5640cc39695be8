import { z } from 'zod'
import { Name } from './names.ts'

const secret = (what: string, name: string) =>
  z
    .string()
    .regex(/^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/, `${what} is a secret; write \${env:NAME} and set that variable`)
    .describe(`environment variable that holds it: \${env:${name}}`)

const Address = z.string().regex(/^https?:\/\/[^\s<>|]+$/, 'write an address with https://')

const Page = z.strictObject({
  kind: z.enum(['pagerduty', 'opsgenie']).describe('PagerDuty (Events API v2) or Opsgenie, or what takes the same'),
  key: secret('the key of a paging service', 'PAGERDUTY_KEY'),
  url: Address.optional().describe("where events are posted to; default: the service's own address"),
})

export const Notify = z.strictObject({
  updates: Name.optional().describe(
    'id of the channel that hears how a launch goes; default primary, when there is one',
  ),
  hosts: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+$/, 'write a host name without https:// and path'))
    .default([])
    .describe('hosts webhooks may post to besides Slack, Discord and Google Chat: chat.example'),
  report: Address.optional().describe('where people read the report; {launch} stands for the id of the launch'),
  dashboard: Address.optional().describe('where people follow a launch; {launch} stands for its id'),
  page: Page.optional().describe('who is paged for exit 5, a hold and an unattended canary'),
})
