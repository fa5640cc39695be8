import { inlines, type Cell, type Inline } from '../report/cell.ts'
import { safeText } from '../ui/text.ts'

/** Nothing is seen of it, and what stands on both sides of it means nothing to a chat any more. */
const apart = '\u200B'
/** Slack cuts a text at 40,000 characters and asks for 4,000 at most; nobody reads that in a channel. */
const longest = 3500

/**
 * Text from data as Slack's mrkdwn shows it, and as Mattermost, Discord and Google Chat do, which read Markdown: nobody mentioned,
 * nothing linked or formatted, no markup of its own. The three characters Slack wants escaped are.
 */
export function chat(text: string): string {
  return (
    safeText(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('`', "'")
      .replaceAll(/(?<![\p{L}\p{N}])[@#](?=\S)|@(?=everyone|here|channel|all)/giu, (found) => found + apart)
      .replaceAll('://', `:${apart}//`)
      .replaceAll(/\bwww\.(?=\S)/gi, (found) => `${found.slice(0, 3)}${apart}.`)
      .replaceAll('](', `]${apart}(`)
      // Formatting begins before a word and ends behind one; inside of it these are letters (SLACK_RELEASES).
      .replaceAll(/[*_~|]+(?=\S)/g, (found, at: number, whole: string) =>
        /[\p{L}\p{N}]/u.test(whole[at - 1] ?? '') && !/[*~|]/.test(found) ? found : found.split('').join(apart) + apart,
      )
      // A smiley by its name; times are none.
      .replaceAll(/:(?=[\d_+-]*[a-z][a-z0-9_+-]*:)/gi, `:${apart}`)
  )
}

/** A line of launch's own with data in it. */
export function chatCell(cell: Cell): string {
  return inlines(cell).map(chatInline).join('')
}

function chatInline(piece: Inline): string {
  if (typeof piece === 'string') return spaced(piece)
  if ('code' in piece) return `\`${chat(piece.code)}\``
  if ('strong' in piece) return `*${chat(piece.strong)}*`
  return chat(piece.word ?? piece.verdict)
}

/** The space that parts a piece from the next one stays. */
function spaced(text: string): string {
  const before = /^\s/.test(text) ? ' ' : ''
  const after = /\S\s$/.test(text) ? ' ' : ''
  return before + chat(text) + after
}

/** A link of launch's own; the words alone where the address is none of the web. */
export function chatLink(address: string, words: string): string {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return words
  return `<${url.href.replaceAll(/[<>|]/g, encodeURIComponent)}|${words}>`
}

/** Not longer than a channel takes. */
export function fitting(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`
}
