import './style.css'
import { alertUser, tellUser } from './announce.ts'
import { listAppointments, putColumn } from './api.ts'
import { BoardModel, type MoveOutcome } from './board-model.ts'
import type { BoardView } from './board-view.ts'
import { makeClassicBoard } from './classic/board.ts'
import { landmark } from './dom.ts'
import { readFlag, type Decision } from './flag.ts'
import { browserFlagSource, FLAG_POLL_MS } from './flag-source.ts'
import { outcomeWords } from './outcome-words.ts'
import { beaconOf, type BoardVariant } from './telemetry.ts'
import { dayName } from './times.ts'
import { previewAsked } from './user.ts'
import { makeBoardV2 } from './v2/board.ts'

const REFRESH_MS = 15_000

const page = document.documentElement
const place = landmark('board')
const source = browserFlagSource()
let variant: BoardVariant = 'v1'
let view: BoardView | null = null

const beacon = beaconOf(() => variant)
const model = new BoardModel(putColumn, draw, tellOutcome)

const appointments = listAppointments()
// Whoever awaits it handles the failure; until then it is not an unhandled one.
appointments.catch(() => null)
const first = await readFlag(source)
show(wants(first) ? 'v2' : 'v1', first)
if (await refresh(appointments)) beacon('board-load', performance.now())

setInterval(() => void checkFlag(), FLAG_POLL_MS)
setInterval(() => void refresh(), REFRESH_MS)
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible') return
  void checkFlag()
  void refresh()
})
// A page that comes back from the browser's cache has missed what happened meanwhile.
window.addEventListener('pageshow', (event) => event.persisted && void checkFlag())
window.addEventListener('error', () => beacon('error'))
window.addEventListener('unhandledrejection', () => beacon('error'))

function wants(decision: Decision): boolean {
  return decision.on || (previewAsked() && !decision.latched)
}

/** Off takes effect at once; on waits for the next navigation, so that no one's board changes under their hands. */
async function checkFlag(): Promise<void> {
  const decision = await readFlag(source)
  if (variant === 'v2' && !wants(decision)) {
    show('v1', decision)
    tellUser('The board is back to the classic list')
  } else page.dataset['flagSerial'] = serialText(decision)
}

function show(next: BoardVariant, decision: Decision): void {
  view?.remove()
  variant = next
  view = next === 'v2' ? makeBoardV2(place, model, beacon) : makeClassicBoard(place, model, beacon)
  page.dataset['flagSerial'] = serialText(decision)
  page.dataset['board'] = next
  draw()
}

function serialText(decision: Decision): string {
  return decision.serial === null ? 'none' : String(decision.serial)
}

function draw(): void {
  view?.draw()
  const day = model.list()[0]
  landmark('day').textContent = day === undefined ? '' : dayName(day.start)
}

async function refresh(coming = listAppointments()): Promise<boolean> {
  try {
    model.receive(await coming)
    landmark('offline').hidden = true
    place.setAttribute('aria-busy', 'false')
    return true
  } catch {
    landmark('offline').hidden = false
    beacon('error')
    return false
  }
}

function tellOutcome(outcome: MoveOutcome): void {
  const words = outcomeWords(outcome)
  if (words.kind === 'alert') alertUser(words.title, words.text)
  else tellUser(words.text)
  beacon(outcome.type === 'saved' ? 'move' : outcome.type === 'conflict' ? 'occ-conflict' : 'error')
}
