import type { LaunchEvent } from '../../src/core/event.ts'
import type { FlagState } from '../../src/core/flag.ts'
import type { Session, Watcher } from '../../src/engine/session.ts'
import type { LaunchWorld } from './launch-world.ts'
import { never } from './real-time.ts'
import type { Tap } from './tapped.ts'

/** A process that takes over from one that was stopped at an event: it has read the journal and the flag, and did nothing yet. */
export async function stoppedAt(
  world: LaunchWorld,
  isIt: (event: LaunchEvent) => boolean,
  tap?: Tap,
): Promise<Session> {
  const stop = new AbortController()
  const onEvent = (event: LaunchEvent) => {
    if (isIt(event)) stop.abort(new Error('stopped'))
  }
  const driven = await world
    .drive({ signal: stop.signal, watcher: { onEvent, onProgress: () => {} } })
    .catch((error: unknown) => error)
  if (!stop.signal.aborted) throw new Error(`the launch ended before: ${JSON.stringify(driven)}`)
  const session = await world.session({ resume: true, ...(tap && { tap }) })
  await readAgain(session)
  return session
}

/** Users are about to be shown the new version: its files are there. */
export const isDeployed = (event: LaunchEvent) => event.type === 'step-done' && event.step === 'rollout/deploy'
/** Users of the first stage are shown it. */
export const isShown = ({ type }: LaunchEvent) => type === 'flag-confirmed'

/** A watcher that keeps what it is told of, apart from events. */
export function listening(): { readonly said: (string | null)[]; readonly watcher: Watcher } {
  const said: (string | null)[] = []
  return { said, watcher: { onEvent: () => {}, onProgress: (text) => void said.push(text) } }
}

/** As at the beginning of a turn of the loop. */
export async function readAgain(session: Session): Promise<void> {
  session.flag = await session.ports.flag('production').read(never)
  await session.refresh(never)
}

/** Somebody else changes the production flag, whatever it is. */
export async function changeFlag(world: LaunchWorld, changes: Partial<FlagState>): Promise<void> {
  const store = world.ports().flag('production')
  const reading = await store.read(never)
  if (reading.status !== 'present') throw new Error('there is no flag')
  const written = await store.write({ ...reading.flag, ...changes }, reading.version, never)
  if (written.status !== 'written') throw new Error('somebody else changed it')
}
