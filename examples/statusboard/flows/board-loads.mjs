import { laneOf } from './board.mjs'
import { openNewBoard } from './new-board.mjs'

/** The board loads with every appointment it was sent, each in its column. */
export async function boardLoads(newWindow, base) {
  const page = await openNewBoard(newWindow, base)
  // What this very page was sent: others may move a card between two readings.
  const listed = page.waitForResponse((response) => response.url().endsWith('/api/appointments'))
  await page.reload({ waitUntil: 'commit' })
  const { appointments } = await (await listed).json()
  await page.locator('#board[aria-busy="false"]').waitFor()
  if (appointments.length === 0) throw new Error('the server lists no appointment')
  for (const { id, column, patient } of appointments) {
    const there = laneOf(page, column).locator(`[data-appointment="${id}"]`, { hasText: patient })
    if ((await there.count()) !== 1) throw new Error(`${patient} is not shown in ${column}`)
  }
  return `${appointments.length} appointments in ${await page.locator('.lane').count()} columns`
}
