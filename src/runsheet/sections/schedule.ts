import { z } from 'zod'
import { Duration } from '../../core/fields.ts'
import { LocalTime, Text, TimeZone } from './names.ts'

/** When production may change. Staging and rollbacks are always allowed. */
export const Window = z.strictObject({
  opens: LocalTime.describe('local time from which production may change: 2026-12-01T18:00'),
  timezone: TimeZone.describe('IANA zone of `opens`: America/Chicago'),
  lasts: Duration.describe('how long the window stays open: 3h'),
})

export const Freeze = z.strictObject({
  from: LocalTime.describe('first local time of the freeze'),
  to: LocalTime.describe('local time at which it ends'),
  timezone: TimeZone.describe('IANA zone of both times'),
  why: Text.describe('shown to whoever is refused'),
})
