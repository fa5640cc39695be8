import { columnTitle, type Appointment } from '../appointment.ts'
import { h } from '../dom.ts'
import { clockTime } from '../times.ts'

export function makeCard(appointment: Appointment): HTMLElement {
  const open = h('button', { type: 'button', class: 'open', 'data-open': '' }, appointment.patient)
  const grip = h(
    'button',
    { type: 'button', class: 'grip', title: 'Drag, or press the left and right arrow keys' },
    '⠿',
  )
  return h(
    'li',
    { class: 'card', 'data-appointment': appointment.id },
    h('time', { datetime: appointment.start }, clockTime(appointment.start)),
    open,
    h('span', { class: 'title' }, appointment.title),
    grip,
  )
}

/** Puts what can change onto the card. */
export function fillCard(card: HTMLElement, appointment: Appointment): void {
  card.dataset['version'] = String(appointment.version)
  const label = `Move ${appointment.patient}, now in ${columnTitle[appointment.column]}: left and right arrow keys`
  card.querySelector('.grip')?.setAttribute('aria-label', label)
}
