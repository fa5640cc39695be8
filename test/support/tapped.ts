/** What stands between a caller and a port: `go` makes the call. */
export type Tap = <T>(call: string, go: () => Promise<T>) => Promise<T>

/** A port whose every asynchronous call goes through the tap; a name in `plain` is left as it is. */
export function tapped<P extends object>(port: P, name: string, tap: Tap, plain: readonly string[] = []): P {
  const entries = Object.entries(port).map(([key, value]) => {
    if (typeof value !== 'function' || plain.includes(key)) return [key, value]
    return [key, (...args: unknown[]) => tap(`${name}.${key}`, async () => value(...args))]
  })
  // The same keys with functions of the same types: only a detour is added.
  return Object.fromEntries(entries) as P
}
