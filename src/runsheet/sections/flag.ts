import { z } from 'zod'
import { FlagStoreSpec } from '../../flags/registry.ts'

/** The feature flag that decides who gets the new version. */
export const Flag = z.strictObject({
  key: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'use letters, digits, dots and hyphens')
    .describe('name of the flag; also the salt that keeps users in their cohort'),
  default: z.literal('off').default('off').describe('what users get before the launch; only off'),
  store: FlagStoreSpec.describe('where the flag is kept'),
})
