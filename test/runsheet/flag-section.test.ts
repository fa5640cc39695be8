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

test('a stage between everybody but those held back and 100 % is none', () => {
  const heldBack = withFlag('holdback: 2%')
  expect(heldBack).toContain('50%, 100%]')
  const { message } = refusal(heldBack.replace('50%, 100%]', '98%, 100%]'))
  expect(message).toContain('stages: 98% is no other stage than 100% while 2% of users are held back')
  expect(message).toContain('write less than 98%, or leave it out')
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
