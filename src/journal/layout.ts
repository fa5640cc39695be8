import type { LaunchId } from '../core/brand.ts'

/** Keys of everything launch keeps of one application and environment, below the state location. */
export type Layout = {
  /** The open launch: the only object that is ever replaced (by compare-and-set). */
  readonly active: string
  readonly launches: string
  plan(launch: LaunchId): string
  event(launch: LaunchId, n: number): string
}

/** Names outside `[A-Za-z0-9._-]` are replaced, so that a title cannot leave its folder. */
export function layout(app: string, environment: string): Layout {
  const root = `v1/${segment(app)}/${segment(environment)}`
  return {
    active: `${root}/active.json`,
    launches: `${root}/launches/`,
    plan: (launch) => `${root}/launches/${launch}/plan.json`,
    event: (launch, n) => `${root}/launches/${launch}/events/${String(n).padStart(8, '0')}.json`,
  }
}

function segment(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '-')
  return /^\.+$/.test(safe) || safe === '' ? `_${safe}` : safe
}
