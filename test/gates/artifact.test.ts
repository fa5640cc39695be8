import { expect, test } from 'vitest'
import { missing, type EvidenceByNeed } from '../../src/core/evidence.ts'
import { sha256 } from '../../src/core/hash.ts'
import { context, evidence, facts, judge, planned } from '../support/looks.ts'

const check = planned({ kind: 'artifact', env: { VITE_FEATURE: 'false' } })
const built: EvidenceByNeed['artifact'] = {
  hash: sha256('artifact'),
  files: 12,
  bytes: 34_567,
  problems: [],
  buildEnv: { VITE_FEATURE: 'false' },
}
const judged = (changes: Partial<typeof built>, where = context()) =>
  judge(check, evidence([{ need: 'artifact' }, { ...built, ...changes }]), where)

test('files that are fit to ship and built with the expected values pass', () => {
  expect(judged({}).verdict).toBe('pass')
  expect(judged({}).why).toMatch(/^12 files, 34,567 bytes, /)
})

test('a problem of the build output fails', () => {
  expect(judged({ problems: ['index.html is missing'] })).toMatchObject({
    verdict: 'fail',
    why: 'index.html is missing',
  })
  expect(judged({ files: 0 }).why).toBe('the build left no files')
})

test('a build with another value, or without one, fails', () => {
  expect(judged({ buildEnv: { VITE_FEATURE: 'true' } })).toMatchObject({
    verdict: 'fail',
    why: 'built with VITE_FEATURE=true, not false',
  })
  expect(judged({ buildEnv: {} }).why).toBe('built with VITE_FEATURE=(not set), not false')
})

test('files other than those of this launch fail, and before a build any are fine', () => {
  expect(judged({ hash: sha256('rebuilt') })).toMatchObject({ verdict: 'fail' })
  expect(judged({ hash: sha256('rebuilt') }, context(10, { launch: { ...facts, artifact: null } })).verdict).toBe(
    'pass',
  )
})

test('nothing built is unknown', () => {
  expect(judge(check, evidence([{ need: 'artifact' }, missing('nothing is built yet')])).why).toBe(
    'nothing is built yet',
  )
})

test('a text that has to be in the built files is named with the file that holds it, or fails', () => {
  const text = 'VITE_FEATURE=false'
  const holding = planned({ kind: 'artifact', contains: [text] })
  const seen = (holds: { readonly [text: string]: string | null }) =>
    judge(
      holding,
      evidence([
        { need: 'artifact', texts: [text] },
        { ...built, holds },
      ]),
    )
  expect(seen({ [text]: 'index.html' })).toMatchObject({
    verdict: 'pass',
    why: expect.stringContaining('VITE_FEATURE=false stands in index.html'),
  })
  expect(seen({ [text]: null })).toMatchObject({ verdict: 'fail', why: 'no built file holds VITE_FEATURE=false' })
})
