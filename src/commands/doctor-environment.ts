import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { FlagReading } from '../core/flag.ts'
import type { Environment, Plan } from '../core/plan.ts'
import type { EnginePorts } from '../engine/ports.ts'
import type { Finding } from '../ui/doctor.ts'
import { looked } from './doctor.ts'

/** An address that has not answered by then (real ms) is shown as bad. */
const siteMs = 5000

type Part = Pick<Finding, 'detail'> & Partial<Finding>

/** Who launch is in one environment, what it may do there, its flag and its addresses. */
export async function lookAtEnvironment(
  context: Context,
  plan: Plan,
  world: OutsideWorld,
  environment: Environment,
): Promise<readonly Finding[]> {
  const env = environment.name
  const ports = await context.ports(plan, {
    people: 'auto',
    log: () => {},
    report: () => Promise.reject(new Error('a look reports nothing')),
  })
  const identity = settled((signal) => ports.identity(environment, signal))
  return Promise.all([
    looked(context, { id: 'credentials', env }, async (signal) => {
      const found = callerFinding(await identity(signal), environment)
      // Whom the sandbox plays is nobody to be sure of.
      return context.isSandbox ? { detail: found.detail } : found
    }),
    looked(context, { id: 'rights', env }, async (signal) => {
      const known = await identity(signal).catch(() => null)
      return known === null ? notProbed : rightsFinding(known)
    }),
    looked(context, { id: 'flag', env }, async (signal) => flagFinding(await world.flag(env).read(signal), plan)),
    ...environment.health.map((path) =>
      looked(context, { id: 'site', env, otherwise: 'warn' }, (signal) =>
        siteFinding(world, `${environment.url}${path}`, signal),
      ),
    ),
  ])
}

type Identity = Awaited<ReturnType<EnginePorts['identity']>>

/** Asked once, told twice. */
function settled<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let asked: Promise<T> | null = null
  return (signal) => (asked ??= ask(signal))
}

function callerFinding({ account, arn }: Identity, environment: Environment): Part {
  const detail = `${arn} of account ${account}, ${environment.region}`
  if (environment.account === null)
    return { verdict: 'warn', detail, hint: `account: "${account}" in the run sheet makes sure that it stays this one` }
  if (environment.account === account) return { detail }
  const { message, hint } = new LaunchError('WRONG_ACCOUNT', `${detail}, not ${environment.account}`)
  return { verdict: 'fail', detail: message, hint }
}

/** Why stands with the credentials. */
const notProbed: Part = { verdict: 'warn', detail: 'not probed: it is not known who asks' }

function rightsFinding({ rights }: Identity): Part {
  const denied = rights.filter(({ allowed }) => !allowed)
  if (denied.length === 0) return { detail: `may ${rights.map(({ right }) => right).join(', ')}` }
  return {
    verdict: 'fail',
    detail: denied.map(({ right, detail }) => `may not ${right}: ${detail}`).join('; '),
    hint: 'launch iam print --role ci prints the policy that grants them',
  }
}

function flagFinding(reading: FlagReading, { flag }: Plan): Part {
  switch (reading.status) {
    case 'present': {
      const { percent, latched, reason } = reading.flag
      const detail = `${flag.key} ${percent}%${latched ? `, latched: ${reason}` : ''}`
      return latched ? { verdict: 'warn', detail, hint: 'a new launch goes over it with --ack-rollback' } : { detail }
    }
    case 'absent':
      return { detail: `${flag.key} is not there yet, which is off` }
    case 'malformed':
      return { verdict: 'fail', detail: `${flag.key} is no flag: ${reading.why}`, hint: 'launch flag show prints it' }
  }
}

async function siteFinding({ http }: OutsideWorld, url: string, signal: AbortSignal): Promise<Part> {
  try {
    const { status, ms } = await http.get(url, { timeoutMs: siteMs }, signal)
    const detail = `${url} ${status} in ${Math.round(ms)}ms`
    return status === 200 ? { detail } : { verdict: 'warn', detail, hint: 'health checks of the gates want 200' }
  } catch (error) {
    signal.throwIfAborted()
    return { verdict: 'warn', detail: messageOf(error), hint: 'is the url: of the environment right?' }
  }
}
