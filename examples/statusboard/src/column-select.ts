import { columns, columnTitle, isColumn, type Appointment, type Column } from './appointment.ts'
import { h } from './dom.ts'

/** A plain select that moves an appointment: works with any keyboard, screen reader and phone. */
export function columnSelect(appointment: Appointment, onMove: (to: Column) => void): HTMLSelectElement {
  const options = columns.map((column) => h('option', { value: column }, columnTitle[column]))
  const select = h('select', { 'aria-label': `Column of ${appointment.patient}` }, ...options)
  select.value = appointment.column
  select.addEventListener('change', () => {
    if (isColumn(select.value)) onMove(select.value)
  })
  return select
}
