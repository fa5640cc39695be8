import type { Launches, OpenedLaunch } from './launches.ts'

/**
 * Launches that were opened before a rollback, newest first, by the id of its event: ids sort by time, and a launch opened
 * since goes over it and is not rolled back by it. Throws what the state store throws.
 */
export async function* openedBefore(launches: Launches, id: string, signal: AbortSignal): AsyncGenerator<OpenedLaunch> {
  const current = await launches.current(signal)
  if (current === null) return
  // The usual case needs no right to list.
  if (current.log.launch < id) return yield current
  const idle: OpenedLaunch[] = []
  for (const launch of (await launches.list(signal)).filter((one) => one < id).reverse()) {
    const opened = await launches.load(launch, signal)
    const { length } = await opened.log.read(signal)
    if (length > 1) yield opened
    else if (length === 1) idle.push(opened)
  }
  // Killed while it was opened, maybe before it was the open one: nothing of production was its doing, but nobody else is there to tell.
  yield* idle
}
