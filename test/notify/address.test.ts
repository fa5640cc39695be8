import { expect, test } from 'vitest'
import { judgeAddress, chatHosts } from '../../src/notify/address.ts'

const rules = { hosts: [...chatHosts, 'chat.example'], onlyHere: false }

test.each([
  'https://hooks.slack.com/services/T/B/x',
  'https://discord.com/api/webhooks/1/x/slack',
  'https://chat.example/hooks/x',
  'http://127.0.0.1:3000/x',
  'http://localhost/x',
  'http://[::1]:80/x',
])('%s may be posted to', (address) => {
  expect(judgeAddress(address, rules).ok).toBe(true)
})

test.each([
  ['https://evil.example/secret', 'leads to evil.example'],
  ['https://hooks.slack.com.evil.example/secret', 'leads to hooks.slack.com.evil.example'],
  ['http://hooks.slack.com/services/secret', 'is not an https address'],
  ['http://169.254.169.254/secret', 'is not an https address'],
  ['https://hooks.slack.com@evil.example/secret', 'has a user name'],
  ['https://127.0.0.1.evil.example/secret', 'leads to 127.0.0.1.evil.example'],
  ['file:///secret', 'holds no web address'],
  ['secret', 'holds no web address'],
])('%s may not, and its path is not repeated', (address, why) => {
  const judged = judgeAddress(address, rules)
  expect(judged).toMatchObject({ ok: false, why: expect.stringContaining(why) })
  expect(JSON.stringify(judged)).not.toContain('secret')
})

test('the sandbox posts to this machine alone', () => {
  const onlyHere = { ...rules, onlyHere: true }
  expect(judgeAddress('https://hooks.slack.com/services/T/B/x', onlyHere).ok).toBe(false)
  expect(judgeAddress('http://127.0.0.1:3000/x', onlyHere).ok).toBe(true)
})
