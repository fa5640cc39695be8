import type { LaunchId } from '../core/brand.ts'
import type { StateStore } from '../core/ports.ts'
import { layout } from './layout.ts'

/** What people were told of a launch, remembered where the launch is: whoever goes on with it elsewhere does not say it again. */
export type Told = {
  has(message: string, signal: AbortSignal): Promise<boolean>
  add(message: string, signal: AbortSignal): Promise<void>
}

/** Keys are created once, as events are; characters that no key may have are replaced. */
export function toldIn(store: StateStore, app: string, environment: string, launch: LaunchId): Told {
  const folder = layout(app, environment).told(launch)
  const key = (message: string) => folder + message.replaceAll(/[^A-Za-z0-9._-]/g, '-')
  return {
    has: async (message, signal) => (await store.get(key(message), signal)) !== null,
    add: async (message, signal) => void (await store.create(key(message), '{}', signal)),
  }
}
