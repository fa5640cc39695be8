import { safeText } from '../core/safe-text.ts'

/**
 * Finished HTML. Made by `el`, `styleSheet` and `scriptOf` alone, which the private field vouches for: nothing that was read, not
 * even an object that looks the same, has it. Whatever is not one of them is text, and is escaped.
 */
class Finished {
  readonly #html: string

  constructor(html: string) {
    this.#html = html
  }

  get html(): string {
    return this.#html
  }

  static is(value: unknown): value is Finished {
    return typeof value === 'object' && value !== null && #html in value
  }
}
export type Html = Finished
export type Child = Html | string | null | readonly Child[]

/** Names are written in this program, never read from data. `true` is an attribute without a value; null is none. */
export type Attributes = { readonly [name: string]: string | number | true | null }

const voids = new Set(['meta', 'link', 'br'])
// A line break after these changes nothing on the page and lets people read a difference.
const blocks = new Set(
  'head body title meta link style header nav main footer section h1 h2 h3 p ul ol li dl dt dd div table caption thead tbody tr figure figcaption details summary svg g path line rect'.split(
    ' ',
  ),
)

/** An element. Whatever its children and values say, they end up as text and as values. */
export function el(name: string, attributes: Attributes, ...children: readonly Child[]): Html {
  const values = Object.entries(attributes)
    .map(([key, value]) => (value === null ? '' : value === true ? ` ${key}` : ` ${key}="${escaped(textOf(value))}"`))
    .join('')
  const end = blocks.has(name) ? '\n' : ''
  return new Finished(
    voids.has(name) ? `<${name}${values}>${end}` : `<${name}${values}>${inner(children)}</${name}>${end}`,
  )
}

/** A style sheet of this program's own; text that could end it is an error of ours. */
export function styleSheet(css: string): Html {
  if (css.includes('<')) throw new Error('a style sheet holds no <')
  return new Finished(`<style>${css}</style>\n`)
}

/** A script of this program's own, run when the page is there; text that could end it is an error of ours. */
export function scriptOf(code: string): Html {
  if (code.includes('<')) throw new Error('a script holds no <')
  return new Finished(`<script type="module">${code}</script>\n`)
}

/** A whole document. */
export function document(...children: readonly Child[]): string {
  return `<!doctype html>\n<html lang="en">\n${inner(children)}</html>\n`
}

function inner(children: readonly Child[]): string {
  return children.map(childHtml).join('')
}

function childHtml(child: Child): string {
  if (child === null) return ''
  if (isList(child)) return inner(child)
  return Finished.is(child) ? child.html : escaped(textOf(child))
}

/** Fields of a journal are what somebody wrote there, whatever their type says: what is no text is shown as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

function isList(child: Child): child is readonly Child[] {
  return Array.isArray(child)
}

const entities: { readonly [character: string]: string } = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters that steer a terminal, hide or reorder text are out; those that mean something in HTML stand for themselves. */
function escaped(text: string): string {
  return safeText(text)
    .replaceAll('\t', ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
