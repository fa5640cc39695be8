import type { Plan } from '../core/plan.ts'
import { chatHosts, judgeAddress, type AddressRules } from './address.ts'
import { pageAddress } from './paging.ts'

/** Somewhere messages go. Its address and key are secret: they are shown nowhere. */
export type Target = Place & {
  readonly url: string
  /** Key of a paging service; empty for a channel. */
  readonly key: string
}

export type Place = {
  /** A channel's id in the run sheet, or `page`. */
  readonly id: string
  /** `#releases`, `PagerDuty` */
  readonly name: string
  /** The variable that holds its address, or its key. */
  readonly variable: string
  readonly host: string
}

export type Targets = {
  readonly usable: readonly Target[]
  /** Named in the run sheet, and not posted to. `unset`: its variable is empty, which may be meant. */
  readonly unusable: readonly (Place & { readonly why: string; readonly unset: boolean })[]
}

const services = { pagerduty: 'PagerDuty', opsgenie: 'Opsgenie' } as const

/** Every place the plan names, with what the environment knows of it. */
export function targetsOf(
  plan: Plan,
  env: { readonly [name: string]: string | undefined },
  onlyHere: boolean,
): Targets {
  const usable: Target[] = []
  const unusable: Targets['unusable'][number][] = []
  const rules: AddressRules = { hosts: [...chatHosts, ...(plan.notify?.hosts ?? [])], onlyHere }
  const take = (place: Omit<Place, 'host'>, address: string, key: string, held: AddressRules) => {
    const judged = judgeAddress(address, held)
    const known = { ...place, host: judged.host }
    if (judged.ok) usable.push({ ...known, url: judged.url, key })
    else unusable.push({ ...known, why: judged.why, unset: false })
  }
  const unset = (place: Omit<Place, 'host'>) =>
    unusable.push({ ...place, host: '', why: `${place.variable} is not set`, unset: true })
  for (const [id, { name, webhookEnv }] of Object.entries(plan.channels)) {
    if (webhookEnv === null) continue
    const place = { id, name, variable: webhookEnv }
    const address = env[webhookEnv]?.trim() ?? ''
    if (address === '') unset(place)
    else take(place, address, '', rules)
  }
  const page = plan.notify?.page
  if (page) {
    const place = { id: 'page', name: services[page.kind], variable: page.keyEnv }
    const [key, address] = [env[page.keyEnv]?.trim() ?? '', pageAddress(page)]
    // The run sheet itself says where pages go.
    if (key === '') unset(place)
    else take(place, address, key, { hosts: [URL.canParse(address) ? new URL(address).hostname : ''], onlyHere })
  }
  return { usable, unusable }
}
