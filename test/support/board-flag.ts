/** The board's flag document, written by hand in flagd's format. */
export type LaunchPart = {
  readonly serial?: number
  readonly writeId?: string
  readonly latch?: boolean
  readonly acks?: readonly string[]
}

export function boardFlag(percent: number, launch: LaunchPart = {}): object {
  const on = Math.round(percent * 100)
  const targeting =
    on === 0
      ? {}
      : {
          targeting: {
            fractional: [
              ['on', on],
              ['off', 10_000 - on],
            ],
          },
        }
  return flagWith(targeting, { percent, ...launch })
}

/** With users who are named before the share: who is excluded, then who is included. */
export function namedFlag(percent: number, exclude: readonly string[], include: readonly string[]): object {
  const on = Math.round(percent * 100)
  const fractional = [
    ['on', on],
    ['off', 10_000 - on],
  ]
  const listed = (users: readonly string[], variant: string) =>
    users.length === 0 ? [] : [{ in: [{ var: 'targetingKey' }, users] }, variant]
  const rules = [...listed(exclude, 'off'), ...listed(include, 'on'), { fractional }]
  return flagWith({ targeting: { if: rules } }, { percent })
}

/** The same with fields of the flag replaced. */
export function flagWith(flag: object, launch: LaunchPart & { readonly percent?: number } = {}): object {
  return {
    flags: {
      'status-board-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...flag },
    },
    launch: { percent: 0, serial: 1, writeId: 'w1', latch: false, acks: [], ...launch },
  }
}
