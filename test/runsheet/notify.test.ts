import { expect, test } from 'vitest'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'

const base = `runsheet: 1
app: board
environments: { production: { region: us-east-1, bucket: b, url: https://b.example } }
flag: { key: next, default: off, store: { kind: s3, path: /flag.json } }
gates: { ok: [{ kind: http, health: true }] }
phases: [{ id: one, gate: ok }]
channels: { releases: { name: "#releases", webhook: "\${env:HOOK}" } }
`
const load = (notify: string) => loadSheet(`${base}${notify}\n`, 'runsheet.yaml', {})

test('only the names of secrets go into a plan, and a sheet without the section makes the plan it always made', () => {
  const sheet = load(
    'notify: { updates: releases, hosts: [Chat.Example], page: { kind: opsgenie, key: "${env:GENIE}" } }',
  )
  expect(compilePlan(sheet).notify).toEqual({
    updates: 'releases',
    hosts: ['chat.example'],
    page: { kind: 'opsgenie', keyEnv: 'GENIE' },
  })
  expect(compilePlan(load(''))).not.toHaveProperty('notify')
})

test.each([
  ['notify: { updates: relases }', /8:20 .*no channel "relases".*releases/s],
  ['notify: { hosts: ["https://chat.example/x"] }', /write a host name/],
  ['notify: { page: { kind: pager, key: "${env:K}" } }', /pagerduty/],
])('%s is refused with what to write', (notify, said) => {
  expect(() => load(notify)).toThrow(said)
})

test('a key or an address that was written out is refused and not repeated', () => {
  const refusal = (sheet: () => unknown) => {
    try {
      sheet()
    } catch (error) {
      return String(error)
    }
    return 'it was taken'
  }
  const key = refusal(() => load('notify: { page: { kind: pagerduty, key: R0UT1NGKEY } }'))
  const text = base.replace('"${env:HOOK}"', 'https://chat.example/hooks/s3cr3tpath')
  const address = refusal(() => loadSheet(text, 'runsheet.yaml', {}))

  for (const said of [key, address]) expect(said).toMatch(/looks like a secret.*environment variable/s)
  expect(key + address).not.toMatch(/R0UT1NGKEY|s3cr3tpath/)
})
