import { expect, test } from 'vitest'
import { instantOf, isTimeZone, parseLocal } from '../../src/runsheet/local-time.ts'

// Expected instants: `TZ=America/Chicago date -u -d '…'` of GNU coreutils and the IANA rules (CST −6, CDT −5;
// 2026: forward on 8 March 02:00, back on 1 November 02:00).
test.each([
  ['2026-12-01T18:00', 'America/Chicago', '2026-12-02T00:00:00Z', 'winter'],
  ['2026-07-01T18:00', 'America/Chicago', '2026-07-01T23:00:00Z', 'summer'],
  ['2026-03-08T01:59', 'America/Chicago', '2026-03-08T07:59:00Z', 'the minute before clocks go forward'],
  ['2026-03-08T03:00', 'America/Chicago', '2026-03-08T08:00:00Z', 'the first minute after'],
  ['2026-03-08T02:30', 'America/Chicago', '2026-03-08T08:30:00Z', 'a time that does not exist is moved on by the hour'],
  ['2026-11-01T00:59', 'America/Chicago', '2026-11-01T05:59:00Z', 'before clocks go back'],
  ['2026-11-01T01:30', 'America/Chicago', '2026-11-01T06:30:00Z', 'a time that comes twice is the first of the two'],
  ['2026-11-01T02:00', 'America/Chicago', '2026-11-01T08:00:00Z', 'after clocks went back'],
  ['2026-12-24T00:00', 'Asia/Kathmandu', '2026-12-23T18:15:00Z', 'a zone with a quarter of an hour'],
  ['2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00Z', 'a gap of half an hour'],
  ['2026-12-01T18:00', 'UTC', '2026-12-01T18:00:00Z', 'UTC'],
])('%s in %s is %s (%s)', (local, zone, instant) => {
  expect(new Date(instantOf(parseLocal(local) ?? Number.NaN, zone)).toISOString()).toBe(instant.replace('Z', '.000Z'))
})

test.each([
  '2026-02-30T10:00',
  '2026-13-01T10:00',
  '2026-12-01T25:00',
  '2026-12-01T10:61',
  '2026-12-01',
  '2026-12-01T10:00Z',
  'tomorrow',
])('%s is no local time', (text) => {
  expect(parseLocal(text)).toBeNull()
})

test('zones are names, not offsets', () => {
  expect(['America/Chicago', 'UTC', 'Europe/Berlin'].map(isTimeZone)).toEqual([true, true, true])
  expect(['+05:00', 'America/Nowhere', ''].map(isTimeZone)).toEqual([false, false, false])
})
