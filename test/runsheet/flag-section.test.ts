import { expect, test } from 'vitest'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

const off = 'default: off,'

function withFlag(fields: string): string {
  expect(smallSheet).toContain(off)
  return smallSheet.replace(off, `${off} ${fields},`)
}

test('a user is in one of the lists only, and once', () => {
  const { message } = refusal(withFlag('include: [ada, ada], exclude: [eve, ada]'))
  expect(message).toContain('exclude[1]: "ada" is both included and excluded')
  expect(message).toContain('take it out of one of them')
  expect(message).toContain('include[1]: "ada" is named twice')
})

test('an id has no spaces, and a list has somebody in it', () => {
  expect(refusal(withFlag('include: ["a b"]')).message).toContain(
    'an id is at most 128 ASCII characters without spaces',
  )
  expect(refusal(withFlag('include: []')).message).toContain('name a user, or leave the list out')
})

test('a holdback is a control, not half of the users', () => {
  const { message } = refusal(withFlag('holdback: 60%'))
  expect(message).toContain('holdback: 60% is no holdback')
  expect(message).toContain('write more than 0% and at most 50%')
})

test('a share finer than a basis point is refused, not rounded: users are dealt in steps of 0.01 %', () => {
  expect(refusal(withFlag('holdback: 0.005%')).message).toContain('holdback: 0.005% is finer than 0.01%')
  const { message } = refusal(smallSheet.replace('[10%, 50%, 100%]', '[0.004%, 10.001%, 100%]'))
  expect(message).toContain('0.004% is finer than 0.01%')
  expect(message).toContain('10.001% is finer than 0.01%')
  expect(refusal(smallSheet.replace('[10%, 50%, 100%]', '[0.01%, 0.29%, 57.14%, x]')).message).not.toContain('finer')
})

test('a stage between everybody but those held back and 100 % is none', () => {
  const heldBack = withFlag('holdback: 2%')
  expect(heldBack).toContain('50%, 100%]')
  const { message } = refusal(heldBack.replace('50%, 100%]', '98%, 100%]'))
  expect(message).toContain('stages: 98% is no other stage than 100% while 2% of users are held back')
  expect(message).toContain('write less than 98%, or leave it out')
})

test.each([
  ['launchdarkly', '{ kind: launchdarkly, project: p, token_env: T }'],
  ['unleash', '{ kind: unleash, url: "https://u.example", token_env: T }'],
])('naming users of a flag in %s is refused at the very list, with why and where it would work', (kind, store) => {
  const sheet = withFlag('include: [ada], exclude: [eve]').replace('{ kind: s3, path: /flags/new-board.json }', store)
  const line = sheet.split('\n').findIndex((text) => text.startsWith('flag:'))
  const column = (list: string) => (sheet.split('\n')[line] ?? '').indexOf(list) + 1
  const { message } = refusal(sheet)
  const why = `users of a flag in ${kind} cannot be named, because its SDKs deal them`
  expect(message).toContain(`:${line + 1}:${column('[ada]')} include: ${why}`)
  expect(message).toContain(`:${line + 1}:${column('[eve]')} exclude: ${why}`)
  expect(message).toContain('leave the list out, or keep the flag in s3, file, or ssm')
})

test('users of a service’s flag cannot be named, and a holdback is in its steps', () => {
  const unleash = withFlag('include: [ada], holdback: 0.5%').replace(
    '{ kind: s3, path: /flags/new-board.json }',
    '{ kind: unleash, url: "https://u.example", token_env: T }',
  )
  const { message } = refusal(unleash)
  expect(message).toContain('users of a flag in unleash cannot be named')
  expect(message).toContain('unleash deals in steps of 1%')
})

test('a parameter of SSM has room for a few ids only', () => {
  const many = Array.from({ length: 300 }, (_, n) => `user-${1000 + n}`)
  const ssm = withFlag(`include: [${many.join(', ')}]`).replace(
    '{ kind: s3, path: /flags/new-board.json }',
    '{ kind: ssm, parameter: /flags/new-board }',
  )
  expect(refusal(ssm).message).toMatch(/include: the lists have \d+ bytes, and ssm has room for 2048/)
})
