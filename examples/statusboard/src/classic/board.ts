import { getDetails } from '../api.ts'
import { columnTitle, type Appointment } from '../appointment.ts'
import type { BoardModel } from '../board-model.ts'
import type { BoardView, MakeBoardView } from '../board-view.ts'
import { columnSelect } from '../column-select.ts'
import { h } from '../dom.ts'
import type { Beacon } from '../telemetry.ts'
import { clockTime } from '../times.ts'

/** The board as it was before StatusBoardV2: one list, details that fold out. */
export const makeClassicBoard: MakeBoardView = (place, model, beacon): BoardView => {
  const list = h('ol', { class: 'classic', 'aria-label': 'Appointments' })
  place.replaceChildren(list)
  return {
    draw: () => drawList(list, model, beacon),
    remove: () => list.remove(),
  }
}

/** Rows are kept by id, so that a refresh neither folds what is open nor moves the focus. */
function drawList(list: HTMLElement, model: BoardModel, beacon: Beacon): void {
  const rows = new Map([...list.children].map((row) => [row.getAttribute('data-appointment'), row]))
  for (const appointment of model.list()) {
    const row = rows.get(appointment.id) ?? makeRow(appointment, model, beacon)
    rows.delete(appointment.id)
    fillRow(row, appointment)
    if (!list.contains(row)) list.append(row)
  }
  for (const gone of rows.values()) gone.remove()
}

function makeRow(appointment: Appointment, model: BoardModel, beacon: Beacon): Element {
  const summary = h(
    'summary',
    {},
    h('time', { datetime: appointment.start }, clockTime(appointment.start)),
    h('span', { class: 'who' }, h('strong', {}, appointment.patient), h('span', {}, appointment.title)),
    h('span', { class: 'chip' }),
  )
  const select = columnSelect(appointment, (to) => void model.move(appointment.id, to))
  const notes = h('ul', { class: 'notes' })
  const details = h('details', {}, summary, h('div', { class: 'fold' }, h('label', {}, 'Status ', select), notes))
  details.addEventListener('toggle', () => {
    if (details.open) void showNotes(appointment.id, notes, beacon)
  })
  return h('li', { 'data-appointment': appointment.id }, details)
}

function fillRow(row: Element, appointment: Appointment): void {
  const chip = row.querySelector('.chip')
  const select = row.querySelector('select')
  if (chip !== null) {
    chip.textContent = columnTitle[appointment.column]
    chip.setAttribute('data-column', appointment.column)
  }
  if (select !== null) select.value = appointment.column
}

async function showNotes(id: string, notes: HTMLElement, beacon: Beacon): Promise<void> {
  const since = performance.now()
  const found = await getDetails(id).catch(() => null)
  const texts = found === null ? ['Notes could not be loaded.'] : found.notes.length === 0 ? ['No notes.'] : found.notes
  notes.replaceChildren(...texts.map((text) => h('li', {}, text)))
  beacon(found === null ? 'error' : 'drawer-open', performance.now() - since)
}
