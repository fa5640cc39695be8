/** The clinic's day that the app's API serves: twelve appointments nobody ever had. */

export const columns = ['scheduled', 'arrived', 'in-progress', 'done'] as const
export type Column = (typeof columns)[number]

export type Appointment = {
  readonly id: string
  readonly patient: string
  readonly title: string
  readonly column: Column
  /** ISO 8601, UTC. */
  readonly start: string
  /** Rises by one with every move: a move names the version it saw. */
  readonly version: number
  readonly notes: string
}

const hourMs = 3_600_000
const firstHour = 8
const everyMs = hourMs / 2

const day = [
  ['Ada Winters', 'Follow-up', 'done', 'Blood pressure back to normal.'],
  ['Bruno Falk', 'Vaccination', 'done', 'Second dose; wait 15 minutes.'],
  ['Carla Mendes', 'First visit', 'done', 'Brings her records from Porto.'],
  ['Dev Patel', 'Lab results', 'in-progress', 'Discuss iron levels.'],
  ['Elif Kaya', 'Physiotherapy', 'in-progress', 'Left knee, session 4 of 6.'],
  ['Finn Olsen', 'Allergy test', 'arrived', 'No antihistamines since Friday.'],
  ['Grace Okafor', 'Prenatal check', 'arrived', 'Week 24.'],
  ['Hugo Laurent', 'Dressing change', 'arrived', 'Right hand.'],
  ['Ines Castro', 'Annual check', 'scheduled', 'Fasting.'],
  ['Jonas Weber', 'Consultation', 'scheduled', 'Asks for an interpreter.'],
  ['Kim Nguyen', 'X-ray review', 'scheduled', 'Images are in the archive.'],
  ['Lena Petrov', 'Follow-up', 'scheduled', 'May come ten minutes late.'],
] as const satisfies readonly (readonly [string, string, Column, string])[]

/** The board on the day of `at`, as it was before anybody moved a card; one appointment every half hour from 8:00 UTC. */
export function seededBoard(at: number): readonly Appointment[] {
  const midnight = Math.floor(at / (24 * hourMs)) * 24 * hourMs
  return day.map(([patient, title, column, notes], index) => ({
    id: `apt-${String(index + 1).padStart(2, '0')}`,
    patient,
    title,
    column,
    start: new Date(midnight + firstHour * hourMs + index * everyMs).toISOString(),
    version: 1,
    notes,
  }))
}
