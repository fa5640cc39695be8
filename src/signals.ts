import { LaunchError } from './core/errors.ts'

/** Exit codes of a process that a second signal ended: 128 + the signal's number. */
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 143 } as const

export type SignalName = keyof typeof codes

/** Why a run was stopped: the first signal. */
class StoppedBySignal extends LaunchError {
  readonly signalName: SignalName
  constructor(signalName: SignalName) {
    super('STOPPED', `stopped by ${signalName}`)
    this.signalName = signalName
  }
}

/** The first signal asks for an orderly stop, the second one ends the process at once (which is safe: the journal is ahead). */
export function listenForSignals(host: NodeJS.Process): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController()
  const listeners = Object.keys(codes).map((key) => {
    // The keys of the table are its names.
    const name = key as SignalName
    const listener = () => {
      if (controller.signal.aborted) host.exit(codes[name])
      host.stderr.write(`\n${name}: finishing what is under way; once more leaves at once\n`)
      controller.abort(new StoppedBySignal(name))
    }
    host.on(name, listener)
    return () => void host.off(name, listener)
  })
  return { signal: controller.signal, stop: () => listeners.forEach((stop) => stop()) }
}
