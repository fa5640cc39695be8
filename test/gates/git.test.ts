import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EvidenceByNeed } from '../../src/core/evidence.ts'
import { evidence, facts, judge, planned } from '../support/looks.ts'

const check = planned({ kind: 'git', frozen: true, branches: ['release/*'] })
const head: EvidenceByNeed['git'] = {
  commit: facts.commit,
  branch: 'release/2.0',
  tags: [],
  clean: true,
  played: false,
}
const judged = (changes: Partial<typeof head>, by = check) =>
  judge(by, evidence([{ need: 'git' }, { ...head, ...changes }]))

test('a clean release branch or tag at the commit of the launch is frozen', () => {
  expect(judged({})).toMatchObject({ verdict: 'pass', why: 'release/2.0 at 3f2a9c1, clean' })
  expect(judged({ branch: null, tags: ['v2.0.0'] })).toMatchObject({ verdict: 'pass', why: 'v2.0.0 at 3f2a9c1, clean' })
})

test('another branch, a detached HEAD and look-alikes are not', () => {
  expect(judged({ branch: 'main' })).toMatchObject({
    verdict: 'fail',
    why: 'main at 3f2a9c1 is neither a tag nor on release/*',
  })
  expect(judged({ branch: null }).verdict).toBe('fail')
  expect(judged({ branch: 'my-release/2.0' }).verdict).toBe('fail')
  expect(judged({ branch: 'release' }).verdict).toBe('fail')
})

test('uncommitted changes and a HEAD that moved since the launch began fail', () => {
  expect(judged({ clean: false }).why).toBe('release/2.0 at 3f2a9c1 has uncommitted changes')
  expect(judged({ commit: 'b'.repeat(40) })).toMatchObject({
    verdict: 'fail',
    why: 'release/2.0 at bbbbbbb is not 3f2a9c1, the commit of this launch',
  })
})

test('a release that a sandbox plays passes and says so', () => {
  expect(judged({ played: true, branch: null, clean: false })).toMatchObject({
    verdict: 'pass',
    why: 'played by the sandbox: a detached HEAD at 3f2a9c1',
  })
})

test('no checkout to read is unknown', () => {
  expect(judge(check, {}).verdict).toBe('unknown')
})

test('a pattern stands for what its stars may be, however many there are', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 8 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(letters, pattern, (branch, glob) => {
      const wanted = new RegExp(`^${glob.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`)
      const one = planned({ kind: 'git', frozen: true, branches: [glob] })
      expect(judged({ branch, tags: [] }, one).verdict).toBe(wanted.test(branch) ? 'pass' : 'fail')
    }),
  )
  const many = planned({ kind: 'git', frozen: true, branches: ['a*a*a*a*a*a*a*b'] })
  expect(judged({ branch: 'a'.repeat(5000), tags: [] }, many).verdict).toBe('fail')
}, 10_000)
