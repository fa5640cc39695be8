import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkKinds } from '../../src/gates/registry.ts'
import { runsheetJsonSchema } from '../../src/runsheet/json-schema.ts'
import { stepKinds } from '../../src/steps/registry.ts'

const file = new URL('../../schema/runsheet.schema.json', import.meta.url)

test('schema/runsheet.schema.json is the schema of this version (UPDATE=1 writes it)', () => {
  const text = `${JSON.stringify(runsheetJsonSchema(), null, 2)}\n`
  if (process.env['UPDATE'] === '1') writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

test('editors learn every kind of check and step, and that other keys are wrong', () => {
  const text = JSON.stringify(runsheetJsonSchema())
  for (const { kind } of checkKinds) expect(text).toContain(`"const":"${kind}"`)
  for (const { kind } of stepKinds) expect(text).toMatch(new RegExp(`"const":"${kind}"|"properties":\\{"${kind}":`))
  expect(runsheetJsonSchema()).toMatchObject({
    type: 'object',
    additionalProperties: false,
    required: ['runsheet', 'app', 'environments', 'flag', 'phases'],
  })
})
