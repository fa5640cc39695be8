import type { Site } from './types.ts'

/** A fresh world's site was deployed two weeks before the clock starts, by other means than launch. */
export const seedAgeMs = 14 * 86_400_000

type SeedFile = {
  readonly key: string
  readonly body: Uint8Array
  readonly headers: { readonly [name: string]: string }
}

/** Release zero: an older single-page site with one hashed asset, no manifest, and no flag document. */
export function seedFiles(site: Site): readonly SeedFile[] {
  return [
    file('assets/app-old123.js', 'text/javascript; charset=utf-8', 'public,max-age=31536000,immutable', script),
    file('favicon.svg', 'image/svg+xml', 'public,max-age=3600', favicon),
    file('robots.txt', 'text/plain; charset=utf-8', 'public,max-age=3600', 'User-agent: *\nDisallow:\n'),
    file('index.html', 'text/html; charset=utf-8', 'no-cache', page(site)),
  ]
}

function file(key: string, type: string, cacheControl: string, text: string): SeedFile {
  return { key, body: Buffer.from(text), headers: { 'content-type': type, 'cache-control': cacheControl } }
}

const script = `document.querySelector('#app').textContent = 'Status board, version 1'\n`

const favicon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#64748b"/></svg>\n'

function page(site: Site): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>Status board (${site.environment})</title>
    <link rel="icon" href="/favicon.svg" />
    <script type="module" src="/assets/app-old123.js"></script>
  </head>
  <body><main id="app">Status board, version 1</main></body>
</html>
`
}
