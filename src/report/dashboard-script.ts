/**
 * What a dashboard page runs: it follows the server's events and puts the parts that changed into place, read from the very page
 * that a reader without scripts loads again. What is open, scrolled or focused stays so. Holds no `<`.
 */
export const dashboardScript = `
  const following = document.getElementById('following')
  const events = location.pathname.replace(/\\/?$/, '/events')
  let version = document.body.dataset.version
  const parts = (page) => [...page.querySelectorAll('[data-part],main>section')]
  const seen = new Map(parts(document).map((part) => [part.id, part.outerHTML]))
  const say = (text) => { if (following.textContent !== text) following.textContent = text }
  const live = () => say('Live: it follows the journal.')
  const focusable = (part) => [...part.querySelectorAll('a,summary,[tabindex]')]
  const topic = (details) => details.querySelector('summary').textContent.split(':')[0]

  function swap(old, part) {
    const open = new Map([...old.querySelectorAll('details')].map((one) => [topic(one), one.open]))
    for (const one of part.querySelectorAll('details')) one.open = open.get(topic(one)) ?? one.open
    const left = [...old.querySelectorAll('.scroll')].map((one) => one.scrollLeft)
    const at = focusable(old).indexOf(document.activeElement)
    old.replaceWith(part)
    part.querySelectorAll('.scroll').forEach((one, index) => { one.scrollLeft = left[index] ?? 0 })
    if (at !== -1) focusable(part)[at]?.focus({ preventScroll: true })
  }

  function show(page) {
    const fresh = parts(page)
    const kept = new Set(fresh.map((part) => part.id))
    for (const part of parts(document)) if (!kept.has(part.id)) { part.remove(); seen.delete(part.id) }
    let before = null
    for (const part of fresh) {
      const html = part.outerHTML
      const old = document.getElementById(part.id)
      if (old === null) {
        const made = document.importNode(part, true)
        if (before?.parentElement?.localName === 'main') before.after(made)
        else document.querySelector('main').prepend(made)
      } else if (seen.get(part.id) !== html) swap(old, document.importNode(part, true))
      seen.set(part.id, html)
      before = document.getElementById(part.id)
    }
    document.title = page.title
    version = page.body.dataset.version
  }

  let asking = false
  let again = false
  async function refresh() {
    again = true
    if (asking) return
    asking = true
    try {
      while (again) {
        again = false
        const answer = await fetch(location.pathname, { cache: 'no-store' })
        if (!answer.ok) throw new Error('status ' + answer.status)
        show(new DOMParser().parseFromString(await answer.text(), 'text/html'))
      }
      live()
    } catch {
      say('It cannot be read just now; it is asked again.')
      setTimeout(refresh, 5000)
    } finally {
      asking = false
    }
  }

  function follow() {
    const source = new EventSource(events + '?since=' + encodeURIComponent(version))
    source.addEventListener('open', live)
    source.addEventListener('change', refresh)
    source.addEventListener('well', live)
    source.addEventListener('trouble', () => say('The journal cannot be read just now; it is asked again.'))
    source.addEventListener('gone', () => say('It is not there any more.'))
    source.addEventListener('error', () => {
      say('The connection is lost; it is tried again.')
      // A browser tries again by itself unless it was refused.
      if (source.readyState === EventSource.CLOSED) setTimeout(follow, 5000)
    })
  }
  follow()
`
