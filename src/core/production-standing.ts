import type { LaunchState } from './state.ts'

/** Where a launch leaves production, in one phrase: for whoever stops it or comes back to it. */
export function productionStanding(state: LaunchState): string {
  const open = Object.values(state.stages).flatMap((stages) => stages.filter(({ status }) => status === 'shifting'))[0]
  const deployed = state.deployments['production']
  const files = deployed ? `release ${deployed.release.id} deployed` : null
  const flag = state.flag ? `flag at ${state.flag.percent} %` : deployed ? 'flag off' : null
  const moving = open ? `on its way to ${open.percent} %` : null
  const standing = [files, flag, moving].filter((part) => part !== null).join(', ')
  if (standing !== '') return `production: ${standing}`
  return 'production is untouched'
}
