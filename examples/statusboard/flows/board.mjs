/** Reading and touching the new board as a user does. */
export function cardOf(page, id) {
  return page.locator(`.board .card[data-appointment="${id}"]`)
}

export function laneOf(page, column) {
  return page.locator(`.lane[data-column="${column}"]`)
}

/** What the server says, apart from what the page shows. */
export async function serverList(page, base) {
  const response = await page.request.get(`${base}/api/appointments`)
  return (await response.json()).appointments
}

export async function serverOne(page, base, id) {
  return (await page.request.get(`${base}/api/appointments/${id}`)).json()
}

/** Puts an appointment back where a flow found it. */
export async function restore(page, base, { id, column }) {
  const { version, column: now } = await serverOne(page, base, id)
  if (now !== column) await page.request.put(`${base}/api/appointments/${id}`, { data: { column, version } })
}

/** A drag by hand: press, travel in steps, release. */
export async function drag(page, card, lane) {
  await card.scrollIntoViewIfNeeded()
  const from = await card.boundingBox()
  const to = await lane.boundingBox()
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2)
  await page.mouse.down()
  await page.mouse.move(from.x + from.width / 2 + 20, from.y + from.height / 2 + 4)
  await page.mouse.move(to.x + to.width / 2, to.y + 40, { steps: 6 })
  await page.mouse.up()
}

/** Polls until `read` gives a truthy value; fails with `what` after four seconds. */
export async function until(what, read) {
  const deadline = performance.now() + 4000
  for (;;) {
    const value = await read()
    if (value) return value
    if (performance.now() > deadline) throw new Error(what)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
}
