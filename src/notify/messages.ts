import type { Plan } from '../core/plan.ts'
import type { Cell } from '../report/cell.ts'
import { inlines } from '../report/cell.ts'
import { safeText } from '../ui/text.ts'
import { chat, chatCell, chatLink, fitting } from './chat-text.ts'
import { levelOf, marks, type Audience, type Notice } from './notice.ts'

/** Whose message it is. */
export type About = {
  readonly plan: Plan
  readonly launch: string
  /** The scenario of a sandbox launch, or null: nothing of one is real, and every message of it says so. */
  readonly sandbox: string | null
}

/** A notice as an incoming webhook takes it: Slack, and what is compatible with it. */
export function chatBody(notice: Notice, about: About, channel: string): { readonly text: string } {
  const { plan, launch, sandbox } = about
  const head = `${marks[notice.mark]} *${chat(plan.title)}*: ${chatCell(notice.title)}`
  const where = [`launch \`${chat(launch)}\``, ...linksOf(notice, about).map(({ url, words }) => chatLink(url, words))]
  const lines = [
    ...(sandbox === null ? [] : [`Sandbox, scenario ${chat(sandbox)}: nothing here is real.`]),
    head,
    ...escalation(notice, plan, channel).map(chatCell),
    ...notice.lines.map(chatCell),
    where.join(' · '),
  ]
  return { text: fitting(lines.filter((line) => line !== '').join('\n')) }
}

/** What the level means and who answers for what, in the channel of that level. */
function escalation({ to }: Notice, plan: Plan, channel: string): readonly Cell[] {
  const level = to.map((audience) => levelHeard(plan, audience)).find((one) => one?.channel === channel)
  if (!level) return []
  const head: Cell = [{ strong: `Level ${level.level}, ${level.name}` }, `: ${level.action}`]
  return level.level < 2 ? [head] : [head, ...contacts(plan)]
}

function levelHeard(plan: Plan, audience: Audience) {
  return typeof audience === 'string' ? null : levelOf(plan, audience.level)
}

/** Those with a name or a number: a role alone reaches nobody. */
function contacts({ contacts }: Plan): readonly Cell[] {
  const reachable = contacts.filter(({ name, contact }) => name !== '' || contact !== '')
  if (reachable.length === 0) return []
  const words = reachable.map(({ role, name, contact }) =>
    [role, name, contact].filter((word) => word !== '').join(' '),
  )
  return [`Who to call: ${words.join('; ')}`]
}

/** Where more is to be seen. The report of a launch is a file; only its run sheet knows where people read it. */
export function linksOf(
  { run }: Pick<Notice, 'run'>,
  { plan, launch }: About,
): readonly { url: string; words: string }[] {
  const filled = (address: string) => address.replaceAll('{launch}', encodeURIComponent(launch))
  const { report, dashboard } = plan.notify ?? {}
  return [
    ...(dashboard === undefined ? [] : [{ url: filled(dashboard), words: 'dashboard' }]),
    ...(report === undefined ? [] : [{ url: filled(report), words: 'report' }]),
    ...(run !== null && /^https?:\/\//.test(run) ? [{ url: run, words: 'CI run' }] : []),
  ]
}

/** A line as it is read without markup: for a pager. */
export function plainLine(cell: Cell): string {
  const words = inlines(cell).map((piece) => {
    if (typeof piece === 'string') return piece
    if ('code' in piece) return piece.code
    return 'strong' in piece ? piece.strong : (piece.word ?? piece.verdict)
  })
  return safeText(words.join(''))
}
