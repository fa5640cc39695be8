import type { Context } from '../context.ts'
import type { EpochMs, LaunchId } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { systemClock } from '../host/clock.ts'
import { systemHttpApi } from '../host/http.ts'
import { secretScrubber, secretValues } from '../host/secrets.ts'
import { toldIn } from '../journal/told.ts'
import { courier } from '../notify/courier.ts'
import { deliver } from '../notify/deliver.ts'
import { herald, type Herald } from '../notify/herald.ts'
import { targetsOf, type Targets } from '../notify/target.ts'
import type { ReportModel } from '../report/model.ts'
import { jitter } from './aws-world.ts'
import { secretVariables } from './world.ts'
import { wait } from './wait.ts'

type Env = { readonly [name: string]: string | undefined }

/** How people are told from this machine. */
export type Notifying = {
  /** Who tells people about a launch; null where there is nobody to post to. `report` makes its release note. */
  herald(
    plan: Plan,
    launch: LaunchId,
    report: (events: readonly LaunchEvent[]) => ReportModel | null,
  ): Promise<Herald | null>
  /** Values that are to be seen nowhere. */
  secrets(plan: Plan): readonly string[]
  /** By the clock of this machine. */
  now(): EpochMs
  /** Every place of a plan. */
  targets(plan: Plan): Targets
  /** Posts once and again as `deliver` does. Null when it was taken, else why not. */
  post(request: PostedRequest, signal: AbortSignal): Promise<string | null>
}

export type PostedRequest = {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: object
}

export function notifying(
  context: Pick<Context, 'isSandbox' | 'options' | 'output' | 'state' | 'world'>,
  env: Env,
): Notifying {
  const { isSandbox, options, output } = context
  const ports = { api: systemHttpApi(), wait, unit: jitter }
  const targets = (plan: Plan) => targetsOf(plan, env, isSandbox)
  const warn = (line: string) => (options.quiet ? undefined : output.err.write(`${line}\n`))
  return {
    targets,
    secrets: (plan) => secretValues(env, secretVariables(plan)),
    now: () => systemClock().now(),
    post: ({ url, headers, body }, signal) => deliver({ url, headers, body: JSON.stringify(body) }, ports, signal),
    herald: async (plan, launch, report) => {
      const { usable, unusable } = targets(plan)
      // What is not set may be meant, and the sandbox posts to this machine alone.
      for (const { name, variable, why, unset } of unusable)
        if (!unset && !isSandbox) warn(`notify: ${name} is not told: ${variable} ${why}`)
      if (usable.length === 0) return null
      const [{ clock }, store] = await Promise.all([context.world(plan), context.state(plan)])
      const scrubber = secretScrubber(env, secretVariables(plan))
      return herald({
        plan,
        targets: usable,
        courier: courier({ ...ports, told: toldIn(store, plan.app, 'production', launch), warn }),
        now: () => clock.now(),
        report,
        scrub: (text) => scrubber.scrub(text),
      })
    },
  }
}
