import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tolerantRead } from '../../src/runsheet/tolerant.ts'
import { smallSheet } from '../support/small-sheet.ts'

const rootSheet = readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
const production = { region: 'us-east-1', bucket: 'demo-prod', url: 'https://demo.example' }
const flag = { key: 'new-board', store: { kind: 's3', path: '/flags/new-board.json' } }

test('a good sheet gives app, state, flag and environments', async () => {
  expect(await tolerantRead(rootSheet)).toMatchObject({
    app: 'statusboard',
    state: 's3://statusboard-launches',
    flag: { key: 'status-board-v2', store: { kind: 's3', path: '/flags/status-board-v2.json' } },
    environments: {
      staging: { account: '111111111111', bucket: 'sb-staging' },
      production: {
        account: '222222222222',
        region: 'us-east-1',
        role: 'arn:aws:iam::222222222222:role/statusboard-release',
        bucket: 'sb-prod',
      },
    },
  })
})

test.each([
  [
    'an open bracket above',
    smallSheet.replace('lasts: 3h }', 'lasts: 3h'),
    { app: 'demo', flag, environments: { production } },
  ],
  [
    'an open quote above',
    smallSheet.replace('app: demo', 'app: demo\ntitle: "StatusBoard'),
    { app: 'demo', flag, environments: { production } },
  ],
  [
    'a broken staging',
    smallSheet.replace('bucket: demo-staging,', 'bucket: [demo-staging,'),
    { flag, environments: { production } },
  ],
  [
    'an open bracket in production itself',
    smallSheet.replace('health: [/api/health] }', 'health: [/api/health'),
    { flag, environments: { production } },
  ],
  [
    'unknown keys and kinds everywhere',
    smallSheet.replaceAll('kind: ', 'kidn: ').replace('runsheet: 1', 'runsheet: 99'),
    { app: 'demo', environments: { production } },
  ],
  [
    'merge conflict marks',
    smallSheet.replace('app: demo', '<<<<<<< HEAD\napp: demo\n=======\napp: demo\n>>>>>>> main'),
    { app: 'demo', flag, environments: { production } },
  ],
  [
    'a flag with an open brace',
    smallSheet.replace('board.json } }', 'board.json'),
    { app: 'demo', flag, environments: { production } },
  ],
  ['tabs in the gates', smallSheet.replace('  slo:', '\tslo:'), { app: 'demo', flag, environments: { production } }],
  ['an indented sheet', smallSheet.replaceAll(/^/gm, '  '), { app: 'demo', flag, environments: { production } }],
  ['Windows line ends', smallSheet.replaceAll('\n', '\r\n'), { app: 'demo', flag, environments: { production } }],
])('%s: what a rollback needs is still read', async (_name, text, wanted) => {
  expect(await tolerantRead(text)).toMatchObject(wanted)
})

test('values from the environment are filled in, and left out when they are not set', async () => {
  const text = smallSheet.replace('bucket: demo-prod', 'bucket: "${env:PROD_BUCKET}"')
  expect((await tolerantRead(text, { PROD_BUCKET: 'b' })).environments?.['production']).toMatchObject({ bucket: 'b' })
  expect((await tolerantRead(text)).environments?.['production']).not.toHaveProperty('bucket')
})

test('nothing is read from nothing', async () => {
  expect(await tolerantRead('')).toEqual({})
  expect(await tolerantRead('][')).toEqual({})
})
