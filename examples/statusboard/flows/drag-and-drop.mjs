import { cardOf, drag, laneOf, restore, serverList, serverOne, until } from './board.mjs'
import { openNewBoard } from './new-board.mjs'

/** A card dragged to another column stays there and is saved; the arrow keys do the same. */
export async function dragAndDrop(newWindow, base) {
  const page = await openNewBoard(newWindow, base)
  // The first card; the conflict flow takes the last, so that the two may run at once.
  const [before] = await serverList(page, base)
  const { id, patient } = before
  const to = before.column === 'arrived' ? 'done' : 'arrived'
  const next = 'in-progress'
  const key = to === 'arrived' ? 'ArrowRight' : 'ArrowLeft'
  try {
    await drag(page, cardOf(page, id), laneOf(page, to))
    await until(`${patient} was dragged to ${to} but is not shown there`, () =>
      laneOf(page, to).locator(`[data-appointment="${id}"]`).count(),
    )
    await until(
      `${patient} was dragged to ${to} but the server does not say so`,
      async () => (await serverOne(page, base, id)).column === to,
    )
    await cardOf(page, id).locator('.grip').press(key)
    await until(
      `${key} on ${patient} did not move it to ${next}`,
      async () => (await serverOne(page, base, id)).column === next,
    )
  } finally {
    await restore(page, base, before)
  }
  return `${patient} dragged from ${before.column} to ${to}, moved by keyboard to ${next}, and put back`
}
