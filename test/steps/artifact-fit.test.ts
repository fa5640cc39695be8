import { expect, test } from 'vitest'
import type { Build } from '../../src/core/plan.ts'
import { mustBeFit } from '../../src/steps/artifact-fit.ts'
import { tinyPlan } from '../support/launch-world.ts'
import { memoryFiles } from '../support/memory-files.ts'

async function fit(files: { readonly [path: string]: string }, rules: Partial<Build> = {}): Promise<void> {
  const { build } = tinyPlan()
  if (!build) throw new Error('the tiny plan has a build')
  const folder = memoryFiles(Object.fromEntries(Object.entries(files).map(([path, text]) => [`dist/${path}`, text])))
  await mustBeFit({ ...build, ...rules }, await folder.tree('dist'), folder)
}
const page = '<script src="/assets/app.js"></script>'
const refused = (message: string) => ({ code: 'ARTIFACT_INVALID', message: expect.stringContaining(message) })

test('a page and what it names is fit to ship', async () => {
  await expect(fit({ 'index.html': page, 'assets/app.js': '' })).resolves.toBeUndefined()
})

test('a page that names a file that is not there is refused by both names, unless something else serves it', async () => {
  await expect(fit({ 'index.html': page })).rejects.toMatchObject(
    refused('index.html names /assets/app.js, which is not in dist'),
  )
  await fit({ 'index.html': page }, { elsewhere: ['assets/**'] })
})

test('source maps are refused, unless they are named', async () => {
  const files = { 'index.html': '', 'assets/app.js.map': '{}', 'docs/x.map': '{}' }
  await expect(fit(files)).rejects.toMatchObject(refused('source maps, assets/app.js.map for one'))
  await expect(fit(files, { sourceMaps: ['assets/*.map'] })).rejects.toMatchObject(refused('docs/x.map'))
  await fit(files, { sourceMaps: ['**/*.map'] })
})

test('more bytes than the budget are refused with the largest file', async () => {
  const files = { 'index.html': 'x'.repeat(10), 'big.js': 'x'.repeat(91) }
  await fit(files, { budgetBytes: 101 })
  await expect(fit(files, { budgetBytes: 100 })).rejects.toMatchObject(
    refused('dist has 101 bytes, its budget is 100; the largest file is big.js with 91'),
  )
})

test('an artifact without a page to begin with is none', async () => {
  await expect(fit({ 'app.js': '' })).rejects.toMatchObject(refused('dist has no index.html'))
})
