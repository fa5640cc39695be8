import { z } from 'zod'
import { isTimeZone, parseLocal } from '../local-time.ts'

/** Ids people make up: phases, gates, metrics, environments, roles. */
export const Name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, 'use small letters, digits and hyphens')
  .describe('small letters, digits and hyphens')

export const Text = z.string().min(1)

/** `2026-12-01T18:00`: a wall-clock time; its zone is written beside it. */
export const LocalTime = z
  .string()
  .refine((text) => parseLocal(text) !== null, {
    error: (issue) => `"${String(issue.input)}" is not a local date and time; write it like 2026-12-01T18:00`,
  })
  .describe('a local date and time without an offset: 2026-12-01T18:00')

export const TimeZone = z
  .string()
  .refine(isTimeZone, {
    error: (issue) => `"${String(issue.input)}" is not a time zone; write an IANA name like America/Chicago`,
  })
  .describe('an IANA time zone: America/Chicago')
