import { z } from 'zod'
import { Percent } from '../../core/fields.ts'
import { FlagStoreSpec, flagStoreKind, flagStores } from '../../flags/registry.ts'

/** Stores whose users launch deals, so that it can name some. */
const documents = new Intl.ListFormat('en', { type: 'disjunction' }).format(
  flagStores.flatMap(({ kind, dealtBy }) => (dealtBy === 'flagd' ? [kind] : [])),
)

/** A page fetches the document every few seconds. */
const mostUsers = 500

const Users = z
  .array(
    z
      .string()
      .regex(/^[\x21-\x7e]{1,128}$/, 'an id is at most 128 ASCII characters without spaces')
      .describe('id of a user'),
  )
  .min(1, 'name a user, or leave the list out')
  .max(mostUsers, `at most ${mostUsers} users can be named`)

/** Users who are held back beyond this are no control any more, but a rollout that stops half-way. */
const mostHeldBack = 50

/** The feature flag that decides who gets the new version. */
export const Flag = z
  .strictObject({
    key: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dots and hyphens')
      .describe('name of the flag; also the salt that keeps users in their cohort'),
    default: z.literal('off').default('off').describe('what users get before the launch; only off'),
    store: FlagStoreSpec.describe('where the flag is kept'),
    include: Users.optional().describe(
      'ids of users who get the new version from the first stage on; everybody can read them in the document. A rollback takes it from them, too',
    ),
    exclude: Users.optional().describe('ids of users who never get the new version'),
    holdback: Percent.refine((percent) => percent > 0 && percent <= mostHeldBack, {
      error: ({ input }) => `${String(input)}% is no holdback; write more than 0% and at most ${mostHeldBack}%`,
    })
      .optional()
      .describe('share of users who keep the old version at 100%, for comparison: 2%'),
  })
  .superRefine(({ include = [], exclude = [], holdback, ...flag }, context) => {
    const { kind, dealtBy, finest = 0.01, room = Infinity } = flagStoreKind(flag)
    const report = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', input: flag, path, message })
    for (const [name, users] of Object.entries({ include, exclude })) {
      if (users.length > 0 && dealtBy === 'service')
        report(
          [name],
          `users of a flag in ${kind} cannot be named, because its SDKs deal them; leave the list out, or keep the flag in ${documents}`,
        )
      const again = users.findIndex((user, at) => users.indexOf(user) < at)
      if (again !== -1) report([name, again], `"${users[again] ?? ''}" is named twice; once is enough`)
    }
    const bytes = JSON.stringify([include, exclude]).length
    if (bytes > room)
      report(
        exclude.length > include.length ? ['exclude'] : ['include'],
        `the lists have ${bytes} bytes, and ${kind} has room for ${room}; name fewer users`,
      )
    const both = exclude.findIndex((user) => include.includes(user))
    if (both !== -1)
      report(['exclude', both], `"${exclude[both] ?? ''}" is both included and excluded; take it out of one of them`)
    if (holdback !== undefined && Math.abs(Math.round(holdback / finest) - holdback / finest) > 1e-6)
      report(['holdback'], `${kind} deals in steps of ${finest}%; write such a step`)
  })
