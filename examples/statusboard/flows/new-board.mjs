const TRIES = 200
const SEARCH_MS = 2000

/**
 * Opens StatusBoardV2 in a window of its own, as a user who gets it: tries user ids until the rollout deals one to the
 * new board. Where it deals it to nobody, or to so few that none is found soon, the preview shows it; after a rollback
 * not even that.
 */
export async function openNewBoard(newWindow, base) {
  const page = await newWindow()
  const user = await findUser(page, base)
  await open(page, user === null ? `${base}/?board=v2` : `${base}/?user=${user}`)
  if ((await boardOf(page)) !== 'v2')
    throw new Error(`no user of ${TRIES} gets the new board, and the preview does not show it: was it rolled back?`)
  await page.locator('#board[aria-busy="false"]').waitFor()
  return page
}

/** At 0 % nobody would do and at 100 % anybody: the flag itself says how long to look. */
async function findUser(page, base) {
  const percent = await flagPercent(page, base)
  if (percent === 0) return null
  const deadline = performance.now() + SEARCH_MS
  for (let n = 0; n < TRIES && performance.now() < deadline; n += 1) {
    await open(page, `${base}/?user=flow-${n}`)
    if ((await boardOf(page)) === 'v2') return `flow-${n}`
  }
  return null
}

async function flagPercent(page, base) {
  const response = await page.request.get(`${base}/flags/status-board-v2.json`).catch(() => null)
  const document = response?.ok() ? await response.json().catch(() => null) : null
  return document?.launch?.percent ?? (document === null ? 0 : null)
}

async function open(page, url) {
  await page.goto(url, { waitUntil: 'commit' })
  await page.locator('html:not([data-board=""])').waitFor({ state: 'attached' })
}

function boardOf(page) {
  return page.locator('html').getAttribute('data-board')
}
