import { sha256 } from '../core/hash.ts'
import { css } from './html-style.ts'
import { el, styleSheet, type Html } from './html.ts'

/** The head of a page that needs nothing from anywhere, with the policy that holds a browser to it. */
export function head(title: string): Html {
  const hash = Buffer.from(sha256(css), 'hex').toString('base64')
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; img-src data:; base-uri 'none'; form-action 'none'`
  return el(
    'head',
    {},
    el('meta', { charset: 'utf-8' }),
    el('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    el('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    el('meta', { name: 'color-scheme', content: 'light dark' }),
    el('meta', { name: 'referrer', content: 'no-referrer' }),
    el('meta', { name: 'format-detection', content: 'telephone=no, date=no, address=no, email=no' }),
    // Without one a browser asks the server for /favicon.ico.
    el('link', { rel: 'icon', href: 'data:,' }),
    el('title', {}, title),
    styleSheet(css),
  )
}
