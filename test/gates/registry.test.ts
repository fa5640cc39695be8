import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { Check, checkKind, checkKinds } from '../../src/gates/registry.ts'
import { scope } from '../support/looks.ts'

const kinds =
  'alarms approval artifact average baseline burn-rate command compare confirm count credentials data flag git http percentile ratio spike steady'

test('every kind of the design that judges by a threshold is there, once', () => {
  expect(checkKinds.map((kind) => kind.kind).sort()).toEqual(kinds.split(' '))
})

describe.each(checkKinds.map((kind) => [kind.kind] as const))('%s', (name) => {
  const kind = checkKind(name)

  test('has an example that is valid YAML of its own kind, with a title and needs', () => {
    const spec = Check.parse(parse(kind.example))
    expect(spec.kind).toBe(name)
    expect(kind.title(spec)).toMatch(/\S/)
    expect(kind.title({ ...spec, title: 'my words' })).toBe('my words')
    expect(Array.isArray(kind.needs(spec, scope))).toBe(true)
  })

  test('says in one sentence what a captain learns, and what to do when it fails', () => {
    expect(kind.about).toMatch(/^[a-z].{20,}[^.]$/)
    expect(kind.hint).toMatch(/^\S.{40,}[^.]$/)
  })

  test('describes each of its fields', () => {
    const fields = Object.entries(z.toJSONSchema(kind.schema, { io: 'input', unrepresentable: 'any' }).properties ?? {})
    const bare = fields
      .filter(([, schema]) => typeof schema === 'boolean' || !schema.description)
      .map(([field]) => field)
    expect(fields.length).toBeGreaterThan(6)
    expect(bare).toEqual([])
  })

  test('refuses a field that it does not know', () => {
    expect(kind.schema.safeParse({ ...parse(kind.example), nonsense: 1 }).success).toBe(false)
  })
})

test('the cheats of the paper run sheet belong to kinds', () => {
  const hints = checkKinds.map((kind) => kind.hint).join('\n')
  for (const words of [
    /build failures/,
    /404s after a deploy/,
    /high p95 during a canary/,
    /flag not updating/,
    /409 conflicts/,
    /CORS errors/,
  ]) {
    expect(hints).toMatch(words)
  }
})
