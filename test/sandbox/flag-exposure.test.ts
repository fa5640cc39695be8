import { expect, test } from 'vitest'
import { exposedBy } from '../../src/sandbox/flag-exposure.ts'

const flagd = (flag: object) =>
  JSON.stringify({
    flags: {
      'status-board-v2': { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...flag },
    },
  })
const fractional = (on: number, off: number) => ({
  fractional: [
    ['on', on],
    ['off', off],
  ],
})

test.each([
  ['the percent of the launch block', JSON.stringify({ launch: { percent: 12.5, latch: null } }), 0.125],
  [
    'everybody but who is held back, at the stage of everybody',
    JSON.stringify({ launch: { percent: 100, latch: false, holdback: 2 } }),
    0.98,
    1,
  ],
  [
    'a holdback holds nobody back below it',
    JSON.stringify({ launch: { percent: 30, latch: false, holdback: 2 } }),
    0.3,
  ],
  ['a latch is off whatever the percent', JSON.stringify({ launch: { percent: 50, latch: true } }), 0],
  [
    'the block before the targeting',
    JSON.stringify({
      flags: { f: { state: 'ENABLED', variants: { on: true }, defaultVariant: 'on' } },
      launch: { percent: 10 },
    }),
    0.1,
  ],
  ['basis points of a plain flagd document', flagd({ targeting: fractional(1050, 8950) }), 0.105],
  [
    'a fractional rule inside a condition',
    flagd({ targeting: { if: [{ '==': [1, 1] }, fractional(30, 70), 'off'] } }),
    0.3,
  ],
  ['no targeting and off by default', flagd({}), 0],
  ['no targeting and on by default', flagd({ defaultVariant: 'on' }), 1],
  ['a disabled flag', flagd({ state: 'DISABLED', defaultVariant: 'on' }), 0],
  ['weights that add up to nothing', flagd({ targeting: fractional(0, 0) }), 0],
  ['a document nobody can read', '{"flags": [', 0],
  ['a percent that is none', JSON.stringify({ launch: { percent: 'many' } }), 0],
])('exposure follows %s', (_name, document, share, stage = share) => {
  expect(exposedBy(document)).toEqual({ share, stage })
})
