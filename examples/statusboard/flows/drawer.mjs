import { cardOf, serverList, serverOne, until } from './board.mjs'
import { openNewBoard } from './new-board.mjs'

/** The drawer opens with the data of the card it was opened from, and Escape gives the focus back. */
export async function drawer(newWindow, base) {
  const page = await openNewBoard(newWindow, base)
  const list = await serverList(page, base)
  const { id, patient, title } = list[Math.floor(list.length / 2)]
  const notes = [(await serverOne(page, base, id)).notes ?? []].flat()
  await cardOf(page, id).locator('[data-open]').click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await dialog.locator('.notes[aria-busy="false"]').waitFor()
  const text = await dialog.innerText()
  for (const expected of [patient, title, ...notes]) {
    if (!text.includes(expected)) throw new Error(`the drawer of ${patient} does not show "${expected}"`)
  }
  await page.keyboard.press('Escape')
  await until('Escape does not close the drawer', async () => (await dialog.count()) === 0)
  const focused = await page.evaluate(() =>
    document.activeElement?.closest('[data-appointment]')?.getAttribute('data-appointment'),
  )
  if (focused !== id) throw new Error(`after closing the drawer the focus is not back on ${patient}`)
  return `${patient}: ${title}, ${notes.length} notes`
}
