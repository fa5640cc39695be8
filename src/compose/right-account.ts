import type { AwsEnvironment } from '../aws/environment.ts'
import { LaunchError } from '../core/errors.ts'
import type { Environment } from '../core/plan.ts'
import type { Cdn, FlagStore, ObjectStore } from '../core/ports.ts'

/** Resolves when the credentials may stand for this environment; throws WRONG_ACCOUNT when STS says that they may not. */
export type AccountCheck = (signal: AbortSignal) => Promise<void>

/** Nothing of AWS that changes something is asked for before this is passed: once in a process, again after a failure. */
export function accountCheck({ name, account }: Environment, aws: () => Pick<AwsEnvironment, 'caller'>): AccountCheck {
  let passed: Promise<void> | null = null
  const ask = async (signal: AbortSignal) => {
    const caller = await aws().caller(signal)
    if (caller.account !== account)
      throw new LaunchError('WRONG_ACCOUNT', `${caller.arn} is of account ${caller.account}, ${name} is ${account}`)
  }
  return async (signal) => {
    if (account === null) return
    passed ??= ask(signal)
    try {
      await passed
    } catch (error) {
      passed = null
      // STS without an answer proves nothing: a restore must not wait for it, and S3 judges the same keys again.
      if (error instanceof LaunchError && error.code === 'UNREACHABLE') return
      throw error
    }
  }
}

export function checkedObjects(objects: ObjectStore, check: AccountCheck): ObjectStore {
  const putLarge = objects.putLarge?.bind(objects)
  return {
    ...objects,
    put: async (key, body, options, signal) => {
      await check(signal)
      return objects.put(key, body, options, signal)
    },
    ...(putLarge && {
      putLarge: async (key, body, options, signal) => {
        await check(signal)
        return putLarge(key, body, options, signal)
      },
    }),
    copy: async (from, to, options, signal) => {
      await check(signal)
      return objects.copy(from, to, options, signal)
    },
    remove: async (keys, signal) => {
      await check(signal)
      return objects.remove(keys, signal)
    },
  }
}

export function checkedCdn(cdn: Cdn, check: AccountCheck): Cdn {
  return {
    ...cdn,
    invalidate: async (paths, reference, signal) => {
      await check(signal)
      return cdn.invalidate(paths, reference, signal)
    },
  }
}

/** `forceOff` is asked nothing: a rollback waits for nobody. */
export function checkedFlag(flag: FlagStore, check: AccountCheck): FlagStore {
  return {
    ...flag,
    write: async (state, expect, signal) => {
      await check(signal)
      return flag.write(state, expect, signal)
    },
  }
}
