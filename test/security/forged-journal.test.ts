import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import type { Plan } from '../../src/core/plan.ts'
import { planHash } from '../../src/core/plan-hash.ts'
import { forged, goldenJournals, writeState, type GoldenJournal } from '../support/golden-journals.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'

/** A journal whose chain holds, made by somebody who may write the state and nothing else. */
async function projectWith(change: (journal: GoldenJournal) => GoldenJournal): Promise<LaunchProject> {
  const journal = (await goldenJournals()).find(({ name }) => name === 'rolled-back')
  if (!journal) throw new Error('there is no such journal')
  const project = await launchProject()
  await writeState(change(journal), join(project.path, 'state'))
  return project
}

const called = (launch: string) => (journal: GoldenJournal) =>
  forged(journal, (event) => (event['n'] === 1 ? { ...event, launch } : event))
const inLastEvent = (why: unknown) => (journal: GoldenJournal) =>
  forged(journal, (event) => (event['type'] === 'launch-ended' ? { ...event, why } : event))

/** What was written besides the state, anywhere at or beside the project. */
async function written({ path }: LaunchProject): Promise<readonly string[]> {
  const [inside, beside] = await Promise.all([readdir(path, { recursive: true }), readdir(join(path, '..'))])
  return [...inside, ...beside].filter((name) => /^(?!state\/).*(?:pwned|reports\/|archives\/)/.test(name))
}

async function refusedBy(project: LaunchProject, ...args: readonly string[]) {
  const ran = await project.run([...args, '--state', 'file:state', '--json'])
  expect(ran.stdout, ran.stderr).not.toBe('')
  return { exitCode: ran.exitCode, ...JSON.parse(ran.stdout).error }
}

describe('a launch that calls itself by a way out of the folder', () => {
  test.each(['../../../../pwned-x', '/tmp/pwned', 'pwned'])('%s is written to no file', async (id) => {
    await using project = await projectWith(called(id))
    for (const command of ['report', 'archive']) {
      const error = await refusedBy(project, command)
      expect(error).toMatchObject({ exitCode: 5, code: 'JOURNAL_CORRUPT' })
      expect(error.message).toContain(`calls its launch "${id}"`)
    }
    expect(await written(project)).toEqual([])
  })

  test('is written to no file when whoever forged it wrote the pointer, too', async () => {
    await using project = await projectWith((journal) => ({
      ...forged(journal, (event) => ({ ...event, launch: 'pwned/x' })),
      launch: launchId('pwned/x'),
    }))
    for (const command of ['report', 'archive']) {
      const error = await refusedBy(project, command)
      expect(error).toMatchObject({ exitCode: 5, code: 'JOURNAL_CORRUPT' })
      expect(error.message).toBe('the journal calls its launch "pwned/x", which is no id of a launch')
    }
    expect(await written(project)).toEqual([])
  })
})

test.each(['/tmp/pwned', 'a/../../pwned'])(
  'a stored plan that wants its reports at %s has none written, and says how to get one',
  async (path) => {
    await using project = await projectWith((journal) => {
      const { plan } = JSON.parse(journal.plan) as { readonly plan: Plan }
      const changed = { ...plan, report: { ...plan.report, path } }
      return { ...journal, plan: JSON.stringify({ plan: changed, hash: planHash(changed) }) }
    })
    const error = await refusedBy(project, 'report')
    expect(error).toMatchObject({ exitCode: 5, code: 'JOURNAL_CORRUPT' })
    expect(error.message).toContain(`"${path}"`)
    expect(error.hint).toContain('launch report -o <file>')
    expect(await written(project)).toEqual([])
    expect(await project.run(['report', '-o', 'mine.html', '--state', 'file:state'])).toMatchObject({ exitCode: 0 })
  },
)

describe('finished HTML in the place of a text', () => {
  const refresh = '<meta http-equiv="refresh" content="0;url=https://evil.example/">'

  test('is refused by the commands that would show it, with the number of the event and the field', async () => {
    await using project = await projectWith(inLastEvent({ html: refresh }))
    for (const command of ['report', 'archive', 'explain']) {
      const error = await refusedBy(project, command)
      expect(error).toMatchObject({ exitCode: 5, code: 'JOURNAL_CORRUPT' })
      expect(error.message).toMatch(/^event 52 of launch \w+ has no text in "why"$/)
    }
  })

  test('is served by no page of the dashboard, whose list says what is wrong', async () => {
    await using project = await projectWith(inLastEvent({ html: refresh }))
    await using serving = project.start(['dashboard', '--state', 'file:state'], { timeoutMs: 60_000 })
    await serving.waitFor('Ctrl-C ends it.')
    const [url = ''] = /http:\/\/127\.0\.0\.1:\d+\//.exec(serving.stdout()) ?? []
    const list = await (await fetch(url)).text()
    expect(list).toContain('has no text in &quot;why&quot;')
    const [journal] = (await goldenJournals()).filter(({ name }) => name === 'rolled-back')
    const page = await fetch(`${url}launches/${journal?.launch}`)
    expect(page.status).not.toBe(200)
    expect(list + (await page.text())).not.toContain('<meta http-equiv="refresh"')
  })
})
