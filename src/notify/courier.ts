import { messageOf } from '../core/errors.ts'
import { deliver, type Delivery, type DeliverPorts } from './deliver.ts'
import type { Place } from './target.ts'

export type CourierPorts = DeliverPorts & {
  /** What was delivered before, by this process or another one. */
  readonly told: {
    has(message: string, signal: AbortSignal): Promise<boolean>
    add(message: string, signal: AbortSignal): Promise<void>
  }
  /** A line for whoever follows the launch. */
  readonly warn: (line: string) => void
}

/** Carries messages while a launch goes on, one after the other to each place and to all places at once. */
export type Courier = {
  /** Returns at once. A message that was sent or is on its way is not sent again. */
  send(place: Place, message: string, delivery: Delivery): void
  /** Waits for what is on its way, `withinMs` at most, and says what did not arrive. Throws nothing. */
  close(withinMs: number): Promise<void>
}

/** The state store has so long to say what was told. */
const rememberMs = 5000

export function courier(ports: CourierPorts): Courier {
  const over = new AbortController()
  const known = new Set<string>()
  const queues = new Map<string, Promise<void>>()
  const open = new Map<string, Place>()
  let forgets = false

  async function carry(place: Place, message: string, delivery: Delivery): Promise<void> {
    const signal = over.signal
    try {
      if (!signal.aborted && !(await wasTold(message, signal))) {
        const why = await deliver(delivery, ports, signal)
        if (why === null) await remember(message)
        else ports.warn(notDelivered(place, why))
      }
      open.delete(message)
    } catch (error) {
      // Cut off at the end of the process: said there, with everything that was still on its way.
      if (!signal.aborted) {
        open.delete(message)
        ports.warn(notDelivered(place, messageOf(error)))
      }
    }
  }

  /** When nobody can say whether it was told, it is told: twice is better than never. */
  async function wasTold(message: string, signal: AbortSignal): Promise<boolean> {
    const either = AbortSignal.any([signal, AbortSignal.timeout(rememberMs)])
    return ports.told.has(message, either).catch(() => false)
  }

  async function remember(message: string): Promise<void> {
    try {
      await ports.told.add(message, AbortSignal.timeout(rememberMs))
    } catch (error) {
      if (!forgets) ports.warn(`notify: not remembered as told (${messageOf(error)}); whoever goes on may say it again`)
      forgets = true
    }
  }

  return {
    send: (place, message, delivery) => {
      if (known.has(message)) return
      known.add(message)
      open.set(message, place)
      const before = queues.get(place.id) ?? Promise.resolve()
      queues.set(
        place.id,
        before.then(() => carry(place, message, delivery)),
      )
    },
    close: async (withinMs) => {
      const all = Promise.all(queues.values()).then(() => undefined)
      const stop = new AbortController()
      const bound = ports.wait(withinMs, stop.signal).catch(() => undefined)
      await Promise.race([all, bound])
      over.abort()
      stop.abort()
      const late = new Map(Array.from(open.values(), (place) => [place.id, place] as const))
      for (const place of late.values()) ports.warn(notDelivered(place, 'it did not answer in time'))
    },
  }
}

function notDelivered({ name, host }: Place, why: string): string {
  return `notify: ${name}${host === '' ? '' : ` (${host})`} was not told: ${why}`
}
