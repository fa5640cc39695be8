import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Project } from '../compose/project.ts'
import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { plural } from '../core/quantity.ts'
import { formatDuration } from '../core/units.ts'
import type { Finding } from '../ui/doctor.ts'
import { looked } from './doctor.ts'
import { lookAtEnvironment } from './doctor-environment.ts'
import { regionOfMachine } from './flag-place.ts'
import { hasWorld } from './launch-for.ts'
import { placeholderLine } from './placeholders.ts'

/** The clock may be this far off before anything is judged wrong by it, and before AWS begins to refuse: it does at 15 min. */
const skew = { warnMs: 30_000, failMs: 5 * 60_000 } as const

/** The run sheet, and what it needs of the world; without one, what this machine is in AWS by itself. */
export async function lookAtProject(context: Context): Promise<readonly Finding[]> {
  const { isSandbox, options } = context
  const [isThere, world] = await Promise.all([exists(resolve(options.cwd, options.runsheet)), hasWorld(context)])
  // The sandbox of a folder without a run sheet brings the example, but to look must not.
  if (!isThere && !(isSandbox && world))
    return [noSheet(context), ...(isSandbox ? [noWorld] : await ownAccess(context))]
  const project = await context.project().catch((error: unknown) => {
    if (error instanceof LaunchError) return error
    throw error
  })
  if (project instanceof LaunchError) {
    const finding = {
      id: 'run sheet',
      env: null,
      verdict: 'fail',
      detail: project.message,
      hint: project.hint,
    } as const
    return [finding, ...(isSandbox ? [] : await ownAccess(context))]
  }
  const sheet = [sheetFinding(project), ...(await programs(context, project.plan))]
  return isSandbox && !world ? [...sheet, noWorld] : [...sheet, ...(await outside(context, project))]
}

const noWorld: Finding = {
  id: 'sandbox',
  env: null,
  verdict: 'ok',
  detail: 'none in this folder yet: launch auto --sandbox makes one',
  hint: '',
}

function noSheet({ options }: Context): Finding {
  return {
    id: 'run sheet',
    env: null,
    verdict: 'warn',
    detail: `no ${options.runsheet} here`,
    hint: 'launch init writes one for this folder; launch auto --sandbox plays the example without',
  }
}

function sheetFinding(project: Project): Finding {
  const { runsheet, plan, warnings } = project
  const environments = Object.keys(plan.environments).join(' and ')
  const detail = `${runsheet} holds together: ${plan.app}, ${plural(plan.phases.length, 'phase')}, ${environments}`
  const left = [placeholderLine(project), ...warnings].filter((line) => line !== null)
  return { id: 'run sheet', env: null, verdict: left.length === 0 ? 'ok' : 'warn', detail, hint: left.join('; ') }
}

/** What the run sheet starts, and the variables it names for webhooks. */
async function programs(context: Context, plan: Plan): Promise<readonly Finding[]> {
  const machine = await context.machine()
  const wanted = new Set([plan.build?.run[0], plan.smoke?.run[0]].filter((name) => name !== undefined))
  const unset = Object.entries(plan.channels).flatMap(([name, { webhookEnv }]) =>
    webhookEnv !== null && !context.env[webhookEnv] ? [`${webhookEnv} (${name})`] : [],
  )
  const webhooks: Finding = {
    id: 'webhooks',
    env: null,
    verdict: 'warn',
    detail: `not set: ${unset.join(', ')}`,
    hint: 'nothing is posted to those channels; set the variables in its environment',
  }
  const found = await looked(context, { id: 'programs' }, async () => {
    const missing = await machine.lacks([...wanted])
    if (missing.length === 0) return { detail: [...wanted].join(', ') }
    return {
      verdict: 'fail',
      detail: `not found: ${missing.join(', ')}`,
      hint: 'the run sheet starts them: install them',
    }
  })
  return [...(wanted.size === 0 ? [] : [found]), ...(unset.length === 0 || context.isSandbox ? [] : [webhooks])]
}

async function outside(context: Context, { plan, state: location }: Project): Promise<readonly Finding[]> {
  const opened = await context.world(plan, { driver: false }).catch((error: unknown) => {
    if (error instanceof LaunchError) return error
    throw error
  })
  if (opened instanceof LaunchError)
    return [{ id: 'sandbox', env: null, verdict: 'fail', detail: opened.message, hint: opened.hint }]
  const world: OutsideWorld = opened
  const region = plan.environments['production']?.region ?? regionOfMachine(context.env)
  const perEnvironment = Object.values(plan.environments).map((one) => lookAtEnvironment(context, plan, world, one))
  const [time, launches, ...environments] = await Promise.all([
    context.isSandbox ? Promise.resolve([]) : clock(context, region).then((finding) => [finding]),
    state(context, plan, context.options.state ?? location),
    ...perEnvironment,
  ])
  return [...time, launches, ...environments.flat()]
}

/** Where launches are remembered: readable, and where that is a bucket, whether a change is refused for its condition alone. */
function state(context: Context, plan: Plan, location: string): Promise<Finding> {
  return looked(context, { id: 'state' }, async (signal) => {
    const current = await (await context.launches(plan)).current(signal)
    const store = await context.state(plan)
    if (store.location.startsWith('s3:')) {
      const { version } = await import('../core/brand.ts')
      // No object has this version: S3 looks at the right first and at the condition after it, and changes nothing.
      await store.swap('doctor-probe.json', '{}', version('"launch-doctor-probe"'), signal)
    }
    const open = current === null ? 'no launch' : `launch ${current.log.launch} last`
    const detail = `${store.location}: ${open}`
    if (!location.startsWith('file:') || context.isSandbox) return { detail }
    const hint = 'only this machine can resume or watch a launch: state: s3://bucket/prefix shares it'
    return { verdict: 'warn', detail, hint }
  })
}

/** Without a run sheet: the clock, and who this machine is in AWS when nobody says otherwise. */
async function ownAccess(context: Context): Promise<readonly Finding[]> {
  const region = regionOfMachine(context.env)
  const machine = await context.machine()
  return Promise.all([
    clock(context, region),
    looked(context, { id: 'credentials', otherwise: 'warn' }, async (signal) => {
      const { account, arn } = await machine.caller(region, signal)
      return { detail: `${arn} of account ${account}, ${region}` }
    }),
  ])
}

function clock(context: Context, region: string): Promise<Finding> {
  return looked(context, { id: 'clock', otherwise: 'warn' }, async (signal) => {
    const machine = await context.machine()
    const { host, ms } = await machine.aheadMs(region, signal).catch((error: unknown) => {
      throw new LaunchError('UNREACHABLE', `not compared with AWS: ${messageOf(error)}`)
    })
    return clockFinding(ms, host)
  })
}

/** `ms`: how far this machine is ahead of `host`. */
export function clockFinding(ms: number, host: string): Pick<Finding, 'detail'> & Partial<Finding> {
  const far = Math.abs(ms)
  if (far < skew.warnMs) return { detail: `agrees with ${host}` }
  const detail = `${formatDuration(Math.round(far / 1000) * 1000)} ${ms > 0 ? 'ahead of' : 'behind'} ${host}`
  const hint = 'set it (NTP): windows and bakes go by it, and AWS refuses requests that are 15m off'
  return { verdict: far < skew.failMs ? 'warn' : 'fail', detail, hint }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
