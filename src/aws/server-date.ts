import { epochMs, type EpochMs } from '../core/brand.ts'

type DeserializeStep = (next: (args: unknown) => Promise<{ response: unknown }>) => (args: unknown) => Promise<{
  response: unknown
}>
type Heard = {
  readonly middlewareStack: {
    add(middleware: never, options: { step: 'deserialize'; name: string; priority: 'low' }): void
  }
}

/** Tells the `Date` of every answer of a service, also of one that is an error. */
export function hearServerDate<C extends Heard>(client: C, hear: ((at: EpochMs) => void) | undefined): C {
  if (!hear) return client
  const middleware: DeserializeStep = (next) => async (args) => {
    const answer = await next(args)
    const at = Date.parse(dateOf(answer.response) ?? '')
    if (Number.isFinite(at)) hear(epochMs(at))
    return answer
  }
  // Typed by each client's own inputs; this middleware looks at none of them.
  client.middlewareStack.add(middleware as never, { step: 'deserialize', name: 'launchServerDate', priority: 'low' })
  return client
}

function dateOf(response: unknown): string | null {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null
  const { headers } = response
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return null
  return typeof headers.date === 'string' ? headers.date : null
}
