const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const day = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

/** The time of day in the reader's own zone and habit. */
export function clockTime(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : clock.format(at)
}

export function dayName(iso: string): string {
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? '' : day.format(at)
}
