import { cardOf, drag, laneOf, restore, serverList, serverOne, until } from './board.mjs'
import { openNewBoard } from './new-board.mjs'

/** Two people, each in a window of their own, move the same card: the second is told, keeps nothing false on screen, and overwrites nothing. */
export async function conflict(newWindow, base) {
  const one = await openNewBoard(newWindow, base)
  const two = await newWindow()
  await two.goto(one.url())
  await two.locator('#board[aria-busy="false"]').waitFor()
  const before = (await serverList(one, base)).at(-1)
  if (before === undefined) throw new Error('the server lists no appointment')
  const { id, patient } = before
  const [first, second] = ['arrived', 'done', 'in-progress'].filter((column) => column !== before.column)
  try {
    await drag(one, cardOf(one, id), laneOf(one, first))
    await until(`${patient} was not saved in ${first}`, async () => (await serverOne(one, base, id)).column === first)
    const answered = two.waitForResponse((response) => response.request().method() === 'PUT')
    await drag(two, cardOf(two, id), laneOf(two, second))
    const status = (await answered).status()
    if (status !== 409) throw new Error(`a move on an old version was answered ${status}, not 409`)
    const alert = two.getByRole('alert')
    await until('the conflict is not told in an alert', async () => (await alert.innerText()).includes(patient))
    await until(`${patient} is not shown where the server says`, () =>
      laneOf(two, first).locator(`[data-appointment="${id}"]`).count(),
    )
    if ((await serverOne(two, base, id)).column !== first) throw new Error(`the second move overwrote the first`)
    return `409, told as "${(await alert.locator('p').innerText()).trim()}"`
  } finally {
    await restore(one, base, before)
  }
}
