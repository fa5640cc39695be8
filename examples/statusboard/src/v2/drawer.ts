import { hostMessages } from '../announce.ts'
import { getDetails } from '../api.ts'
import type { Appointment } from '../appointment.ts'
import type { BoardModel } from '../board-model.ts'
import { columnSelect } from '../column-select.ts'
import { h } from '../dom.ts'
import type { Beacon } from '../telemetry.ts'
import { clockTime, dayName } from '../times.ts'

export type Drawer = {
  readonly element: HTMLElement
  readonly open: (id: string) => Promise<void>
  /** Takes over what the model says now about the open appointment. */
  readonly draw: () => void
  readonly remove: () => void
}

/** A dialog at the side: the browser keeps the focus inside, closes on Escape and gives the focus back. */
export function makeDrawer(model: BoardModel, beacon: Beacon): Drawer {
  const body = h('div', { class: 'drawer-body' })
  const close = h('button', { type: 'button', class: 'quiet close', 'aria-label': 'Close' }, '✕')
  const element = h('dialog', { class: 'drawer', 'aria-labelledby': 'drawer-title' }, close, body)
  close.addEventListener('click', () => element.close())
  element.addEventListener('click', (event) => event.target === element && element.close())
  element.addEventListener('close', () => {
    delete element.dataset['appointment']
    hostMessages(document.body)
  })

  const open = async (id: string): Promise<void> => {
    const appointment = model.get(id)
    if (appointment === null) return
    const since = performance.now()
    const notes = h('ul', { class: 'notes', 'aria-busy': 'true' }, h('li', { class: 'faint' }, 'Loading…'))
    element.dataset['appointment'] = id
    body.replaceChildren(...describe(appointment, model, notes))
    if (!element.open) element.showModal()
    hostMessages(element)
    const found = await getDetails(id).catch(() => null)
    // The user may have opened another one while this was on its way.
    if (element.dataset['appointment'] !== id) return
    notes.replaceChildren(...noteTexts(found?.notes ?? null).map((text) => h('li', {}, text)))
    notes.setAttribute('aria-busy', 'false')
    beacon(found === null ? 'error' : 'drawer-open', performance.now() - since)
  }
  const draw = (): void => {
    const id = element.dataset['appointment']
    const select = body.querySelector('select')
    if (id === undefined || select === null) return
    const appointment = model.get(id)
    if (appointment === null) element.close()
    else select.value = appointment.column
  }
  const remove = (): void => {
    hostMessages(document.body)
    element.remove()
  }
  return { element, open, draw, remove }
}

function describe(appointment: Appointment, model: BoardModel, notes: HTMLElement): readonly HTMLElement[] {
  const select = columnSelect(appointment, (to) => void model.move(appointment.id, to))
  return [
    h('h2', { id: 'drawer-title' }, appointment.patient),
    h('p', { class: 'faint' }, appointment.title),
    h(
      'dl',
      {},
      h('dt', {}, 'Time'),
      h(
        'dd',
        {},
        h('time', { datetime: appointment.start }, `${clockTime(appointment.start)}, ${dayName(appointment.start)}`),
      ),
      h('dt', {}, 'Column'),
      h('dd', {}, select),
    ),
    h('h3', {}, 'Notes'),
    notes,
  ]
}

function noteTexts(notes: readonly string[] | null): readonly string[] {
  if (notes === null) return ['Notes could not be loaded.']
  return notes.length === 0 ? ['No notes.'] : notes
}
