import { sha256 } from '../core/hash.ts'
import { css } from './html-style.ts'
import { el, scriptOf, styleSheet, type Html } from './html.ts'

export type HeadParts = {
  /** The style sheet. */
  readonly css: string
  /** The one script, which may ask the page's own server; null on a page that has none. */
  readonly script: string | null
}

const withoutScript: HeadParts = { css, script: null }

/** What a browser may do with a page: apply its own style sheet, and run its own script where it has one. */
export function policyOf({ css, script }: HeadParts): string {
  const scripted = script === null ? '' : ` script-src '${hashOf(script)}'; connect-src 'self';`
  return `default-src 'none'; style-src '${hashOf(css)}';${scripted} img-src data:; base-uri 'none'; form-action 'none'`
}

function hashOf(text: string): string {
  return `sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}`
}

/** The head of a page that needs nothing from anywhere else, with the policy that holds a browser to it. */
export function head(title: string, parts: HeadParts = withoutScript): Html {
  return el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { 'http-equiv': 'Content-Security-Policy', content: policyOf(parts) }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('meta', { name: 'format-detection', content: 'telephone=no, date=no, address=no, email=no' }),
    // Without one a browser asks the server for /favicon.ico.
    el('link', { rel: 'icon', href: 'data:,' }),
    el('title', {}, title),
    styleSheet(parts.css),
    parts.script === null ? null : scriptOf(parts.script),
  )
}
