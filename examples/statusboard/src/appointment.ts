export const columns = ['scheduled', 'arrived', 'in-progress', 'done'] as const
export type Column = (typeof columns)[number]

export const columnTitle = {
  scheduled: 'Scheduled',
  arrived: 'Arrived',
  'in-progress': 'In progress',
  done: 'Done',
} as const satisfies Record<Column, string>

export type Appointment = {
  readonly id: string
  readonly patient: string
  readonly title: string
  readonly column: Column
  /** ISO 8601. */
  readonly start: string
  /** Rises with every change; a change names the version it was made on. */
  readonly version: number
}

/** One appointment with what the drawer shows besides. */
export type Details = Appointment & { readonly notes: readonly string[] }

export function isColumn(value: unknown): value is Column {
  return columns.some((column) => column === value)
}

/** Null when the server sent something else. */
export function readAppointment(json: unknown): Appointment | null {
  if (typeof json !== 'object' || json === null) return null
  const { id, patient, title, column, start, version }: { readonly [name: string]: unknown } = { ...json }
  if (typeof id !== 'string' || typeof patient !== 'string' || typeof title !== 'string') return null
  if (!isColumn(column) || typeof start !== 'string' || typeof version !== 'number') return null
  return { id, patient, title, column, start, version }
}

export function byStart(a: Appointment, b: Appointment): number {
  return a.start === b.start ? a.id.localeCompare(b.id) : a.start < b.start ? -1 : 1
}
