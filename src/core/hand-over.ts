import { LaunchError } from './errors.ts'

/** What the journal says of a launch that its captain gave to another one, in front of whom and why. */
const prefix = 'hand-over to '

/** Ends a run in the middle of a question; production stays as it is and another person resumes. */
export function handedOver(to: string, note: string): LaunchError {
  const words = note === '' ? to : `${to}: ${note}`
  return new LaunchError('STOPPED', `handed over to ${words}`, { cause: `${prefix}${words}` })
}

/** To whom and why, from what stopped a run; null when something else did. */
export function handOverIn(stoppedBy: string): string | null {
  return stoppedBy.startsWith(prefix) ? stoppedBy.slice(prefix.length) : null
}
