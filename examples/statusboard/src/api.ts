import { readAppointment, type Appointment, type Column, type Details } from './appointment.ts'
import type { PutAnswer } from './board-model.ts'

const TIMEOUT_MS = 10_000

/** Every appointment of the board. Rejects when the server does not answer with a list. */
export async function listAppointments(): Promise<readonly Appointment[]> {
  const response = await request('/api/appointments')
  const { appointments }: { readonly appointments?: unknown } = await json(response)
  if (!response.ok || !Array.isArray(appointments)) throw new Error(`appointments answered ${response.status}`)
  return appointments.map(readAppointment).filter((appointment) => appointment !== null)
}

/** One appointment with its notes; null when it is gone. */
export async function getDetails(id: string): Promise<Details | null> {
  const response = await request(`/api/appointments/${encodeURIComponent(id)}`)
  if (response.status === 404) return null
  const body: { readonly notes?: unknown } = await json(response)
  const appointment = readAppointment(body)
  if (!response.ok || appointment === null) throw new Error(`appointment ${id} answered ${response.status}`)
  // A list of notes, or a single one.
  const notes = [body.notes].flat().filter((note) => typeof note === 'string')
  return { ...appointment, notes }
}

/** Never rejects: what went wrong is an answer. */
export async function putColumn(
  id: string,
  change: { readonly column: Column; readonly version: number },
): Promise<PutAnswer> {
  try {
    const response = await request(`/api/appointments/${encodeURIComponent(id)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    if (response.status === 404) return { type: 'gone' }
    const body: { readonly current?: unknown } = await json(response)
    const appointment = readAppointment(response.status === 409 ? body.current : body)
    if (appointment === null) return { type: 'failed' }
    if (response.status === 409) return { type: 'conflict', current: appointment }
    return response.ok ? { type: 'saved', appointment } : { type: 'failed' }
  } catch {
    return { type: 'failed' }
  }
}

function request(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(path, { ...init, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
}

/** The body's object, `{}` when it is none. */
async function json(response: Response): Promise<object> {
  const body: unknown = await response.json().catch(() => null)
  return typeof body === 'object' && body !== null ? body : {}
}
