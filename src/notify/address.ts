/**
 * Chat services whose incoming webhooks take Slack's form: Slack itself, Discord (with `/slack` at the end), Google Chat. An address
 * comes from a variable that nobody reviews; where it may lead is in the reviewed run sheet.
 */
export const chatHosts = ['hooks.slack.com', 'hooks.slack-gov.com', 'discord.com', 'chat.googleapis.com'] as const

export type AddressRules = {
  readonly hosts: readonly string[]
  /** Only this machine is posted to: what the sandbox plays is nobody's news. */
  readonly onlyHere: boolean
}

export type Judged = { readonly ok: true; readonly url: string; readonly host: string } | Refused
type Refused = { readonly ok: false; readonly why: string; readonly host: string }

/** Whether messages may be posted there, and why not. Neither repeats more of the address than its host. */
export function judgeAddress(address: string, { hosts, onlyHere }: AddressRules): Judged {
  const refused = (why: string, host = '') => ({ ok: false, why, host }) as const
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return refused('holds no web address')
  const { host, hostname, href } = url
  if (url.username !== '' || url.password !== '') return refused('has a user name in its address', host)
  if (isThisMachine(hostname)) return { ok: true, url: href, host }
  if (onlyHere) return refused('is not on this machine, and the sandbox posts nowhere else', host)
  if (url.protocol !== 'https:') return refused('is not an https address', host)
  if (hosts.includes(hostname)) return { ok: true, url: href, host }
  return refused(`leads to ${hostname}, which notify.hosts of the run sheet does not name`, host)
}

function isThisMachine(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
