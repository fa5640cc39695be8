import { z } from 'zod'
import { GateRef } from '../../core/fields.ts'
import { Check } from '../../gates/registry.ts'

const Use = z
  .strictObject({ use: GateRef.describe('all checks of that list, here') })
  .describe('takes over the checks of another list')

/** A named list of checks. All have to pass. */
export const Gate = z
  .array(z.union([Check, Use]))
  .min(1)
  .describe('checks that all have to pass')

export type GateItem = z.infer<typeof Gate>[number]
type Use = z.infer<typeof Use>

export const isUse = (item: GateItem): item is Use => 'use' in item
