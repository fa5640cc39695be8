const references =
  /<(?:script|link|img|source|video|audio|iframe)\b(?:[^>"']|"[^"]*"|'[^']*')*?\s(?:src|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi
const comments = /<!--[\s\S]*?-->/g

/**
 * Paths of this site that a page loads: what its tags name, without query and fragment, relative ones from where the page is.
 * Other sites, data: URLs, pages without an ending and what scripts load later are not in it.
 */
export function namedAssets(page: string, html: string): readonly string[] {
  const base = new URL(`/${page.split('/').map(encodeURIComponent).join('/')}`, 'https://site.invalid')
  const named = new Set<string>()
  for (const [, double, single, bare] of html.replaceAll(comments, '').matchAll(references)) {
    const raw = (double ?? single ?? bare ?? '').trim().replaceAll('&amp;', '&')
    if (raw === '' || raw.startsWith('#') || !URL.canParse(raw, base.href)) continue
    const url = new URL(raw, base)
    if (url.host !== base.host || url.protocol !== 'https:') continue
    const path = decoded(url.pathname.slice(1))
    // A page of the application's own router has no file.
    if (path !== null && /\.[A-Za-z0-9]+$/.test(path)) named.add(path)
  }
  return [...named]
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
