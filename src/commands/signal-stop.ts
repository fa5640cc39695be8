/** The signal that stopped a run, where one did. */
export function signalOf(thrown: unknown): string | null {
  const isNamed = typeof thrown === 'object' && thrown !== null && 'signalName' in thrown
  return isNamed && typeof thrown.signalName === 'string' ? thrown.signalName : null
}

/** 128 and the number of the signal. */
export function stopCode(thrown: unknown): 130 | 143 {
  const signal = signalOf(thrown)
  return signal !== null && signal !== 'SIGINT' ? 143 : 130
}
