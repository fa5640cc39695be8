import { isColumn, type Appointment, type Column } from '../src/appointment.ts'

/** An answer of the board's API; `body` null means none. */
export type ApiAnswer = { readonly status: number; readonly body: unknown }

type Row = {
  id: string
  patient: string
  title: string
  column: Column
  start: string
  version: number
  notes: readonly string[]
}

const people: readonly (readonly [
  patient: string,
  title: string,
  column: Column,
  minutes: number,
  notes: readonly string[],
])[] = [
  ['Ana Reyes', 'Annual check-up', 'done', 0, ['Blood pressure 118/76.', 'Next visit in twelve months.']],
  ['Ben Okafor', 'Blood test', 'done', 15, ['Fasting since 22:00.']],
  ['Chloé Martin', 'Vaccination', 'in-progress', 30, ['Second dose.', 'Wait fifteen minutes afterwards.']],
  ['David Stein', 'Follow-up: knee', 'in-progress', 45, ['Brings the MRI on a disc.']],
  ['Elif Demir', 'Skin screening', 'arrived', 60, []],
  ['Femi Adeyemi', 'New patient', 'arrived', 75, ['Forms are at the desk.', 'Prefers to be called Femi.']],
  ['Grace Liu', 'Prenatal visit', 'arrived', 90, ['Week 24.']],
  ['Hugo Lindqvist', 'Asthma review', 'scheduled', 105, ['Bring the inhaler diary.']],
  ['Inés Navarro', 'Travel advice', 'scheduled', 120, ['Leaves for Kenya on the 14th.']],
  ['Jonas Weber', 'Stitches out', 'scheduled', 135, []],
  ['Keiko Tanaka', 'Hearing test', 'scheduled', 150, ['Room 4.']],
  ['Liam O’Brien', 'Physiotherapy', 'scheduled', 165, ['Six of eight.']],
]

/** The board's API over a list in memory: what a server of this app must answer. `day` is the first appointment's time. */
export function memoryApi(day: Date): (method: string, path: string, body: string) => ApiAnswer {
  const rows = people.map(([patient, title, column, minutes, notes], index): Row => {
    const start = new Date(day.getTime() + minutes * 60_000).toISOString()
    return { id: `apt-${index + 1}`, patient, title, column, start, version: 1, notes }
  })
  return (method, path, body) => {
    if (method === 'GET' && path === '/api/health') return { status: 200, body: { status: 'ok' } }
    if (method === 'POST' && path === '/api/events') return { status: 204, body: null }
    if (method === 'GET' && path === '/api/appointments')
      return { status: 200, body: { appointments: rows.map(listed) } }
    const row = rows.find(({ id }) => path === `/api/appointments/${id}`)
    if (row === undefined) return { status: 404, body: { error: 'not-found' } }
    if (method === 'GET') return { status: 200, body: row }
    return method === 'PUT' ? change(row, body) : { status: 405, body: { error: 'method-not-allowed' } }
  }
}

function change(row: Row, body: string): ApiAnswer {
  const { column, version } = parseObject(body)
  if (!isColumn(column) || !Number.isInteger(version)) return { status: 400, body: { error: 'bad-request' } }
  if (version !== row.version) return { status: 409, body: { error: 'conflict', current: listed(row) } }
  row.column = column
  row.version += 1
  return { status: 200, body: listed(row) }
}

/** A row as the list and the changes show it: without its notes. */
function listed({ id, patient, title, column, start, version }: Row): Appointment {
  return { id, patient, title, column, start, version }
}

function parseObject(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
