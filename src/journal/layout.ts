import { launchId, type LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'

/** Keys of everything launch keeps of one application and environment, below the state location. */
export type Layout = {
  /** The open launch: the only object that is ever replaced (by compare-and-set). */
  readonly active: string
  readonly launches: string
  plan(launch: LaunchId): string
  event(launch: LaunchId, n: number): string
  /** A folder: what people were told of a launch, one key per message that was delivered. */
  told(launch: LaunchId): string
}

/** Where every application has a folder. */
export const appsIn = 'v1/'

/** Names outside `[A-Za-z0-9._-]` are replaced, so that a title cannot leave its folder. */
export function layout(app: string, environment: string): Layout {
  const root = `${appsIn}${segment(app)}/${segment(environment)}`
  return {
    active: `${root}/active.json`,
    launches: `${root}/launches/`,
    plan: (launch) => `${root}/launches/${launch}/plan.json`,
    event: (launch, n) => `${root}/launches/${launch}/events/${String(n).padStart(8, '0')}.json`,
    told: (launch) => `${root}/launches/${launch}/told/`,
  }
}

/** What `active.json` says. Throws JOURNAL_CORRUPT when it is not what `open` writes. */
export function activeOf(body: string): { readonly launch: LaunchId; readonly epoch: number } {
  const { launch, epoch } = recordOf(body)
  if (typeof launch !== 'string' || typeof epoch !== 'number')
    throw new LaunchError('JOURNAL_CORRUPT', 'active.json names no launch')
  return { launch: launchId(launch), epoch }
}

function recordOf(body: string): { readonly launch?: unknown; readonly epoch?: unknown } {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function segment(name: string): string {
  const safe = name.replaceAll(/[^A-Za-z0-9._-]/g, '-')
  return /^\.+$/.test(safe) || safe === '' ? `_${safe}` : safe
}
