import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { launchPage } from '../../src/report/dashboard-launch.ts'
import { listPage } from '../../src/report/dashboard-list.ts'
import { liveModel } from '../../src/report/live-model.ts'
import { reportModel } from '../../src/report/model.ts'
import { hostileText, poison } from '../support/hostile.ts'
import { tagsOf } from '../support/html-page.ts'
import { everythingSaid, rolledBackAt30, said } from '../support/launch-stories.ts'
import { watchedLaunches, type Watched } from '../support/live-screens.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf, stateOf } from '../support/views.ts'

const launches = await watchedLaunches()
const path = '/launches/01M84H7DS2EAFJTFNK5EM2M8C4'

/** The page after so many events, half a minute later. */
function pageAt({ plan, events }: Watched, count = events.length) {
  const told = events.slice(0, count)
  const state = stateOf(told)
  const now = epochMs(state.last.at + 30_000)
  const live = liveModel({ plan, state, events: told, now, describeStep, signalOf, doing: null })
  const report = reportModel({ plan, events: told, describeStep, signalOf })
  if (!report) throw new Error('no launch')
  return launchPage({ path, live, report, version: 'v1', superseded: false })
}

function listOf(all: readonly Watched[]) {
  const listed = all.map(({ plan, events }) => {
    const state = stateOf(events)
    return { path, title: plan.title, state, superseded: false }
  })
  const broken = { id: '01BROKEN', unreadable: 'line 3 is not JSON' }
  return listPage({ app: 'board', launches: [...listed, broken], asOf: epochMs(0), version: 'v1' })
}

function textOf(html: string): string {
  const body = html.slice(html.indexOf('<body'))
  return body.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
}

function launchNamed(name: string): Watched {
  const found = launches[name]
  if (!found) throw new Error(`there is no journal ${name}`)
  return found
}

describe('the page of a launch', () => {
  test('says while it runs where it stands, what is next, what acts and whom to call', () => {
    const text = textOf(pageAt(launchNamed('rolled-back'), 45).html)

    expect(text).toContain('set at 30% · 30% of users have the new version')
    expect(text).toContain('Next 30% of users, seen through the CDN')
    expect(text).toContain('launch canary abort stops it (with --sandbox)')
    expect(text).toContain('▸ Production deploy and canary rollout running 54m 30s')
    expect(text).toContain('Gate canary at 30% : waiting, 0 of 5 pass, not looked at yet.')
    expect(text).toContain('Call: Release Captain Jesus Ortiz')
  })

  test('says when it is over how it ended, and has the whole report below', () => {
    const text = textOf(pageAt(launchNamed('rolled-back')).html)

    expect(text).toContain('ended: rolled-back · the flag is latched off: no user has it')
    expect(text).toContain('Ended rolled-back at')
    expect(text).toContain('Then launch report --sandbox')
    for (const title of ['Summary', 'What users saw', 'Timeline']) expect(text).toContain(title)
  })

  test.each(Object.keys(launches))(
    'of the %s launch: every id once at any time, every reference leads to one',
    (name) => {
      const launch = launchNamed(name)
      for (let count = 1; count <= launch.events.length; count += 7) {
        const attributes = tagsOf(pageAt(launch, count).html).flatMap((tag) => tag.attributes)
        const ids = attributes.flatMap(([key, value]) => (key === 'id' ? [value] : []))
        const wanted = attributes.flatMap(([key, value]) =>
          key === 'aria-labelledby'
            ? value.split(' ')
            : key === 'href' && value.startsWith('#')
              ? [value.slice(1)]
              : [],
        )
        expect(new Set(ids).size).toBe(ids.length)
        expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
      }
    },
  )
})

test('the list says of every launch how it stands, and of one that cannot be read why', () => {
  const text = textOf(listOf(Object.values(launches)).html)

  expect(text).toContain('ended: succeeded')
  expect(text).toContain('ended: rolled-back')
  expect(text).toContain('1 rollback')
  expect(text).toContain('01BROKEN cannot be read: line 3 is not JSON')
})

test('a page may run its own script and nothing else, and asks its own server alone', () => {
  for (const { html, policy } of [pageAt(launchNamed('healthy')), listOf([])]) {
    const [, script = ''] = /<script type="module">([\s\S]*?)<\/script>/.exec(html) ?? []
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? []
    const hashOf = (text: string) => createHash('sha256').update(text).digest('base64')
    expect(policy).toBe(
      `default-src 'none'; style-src 'sha256-${hashOf(style)}'; script-src 'sha256-${hashOf(script)}'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'`,
    )
    expect(html.match(/<script/g)).toHaveLength(1)
    const attributes = tagsOf(html.replace(script, '')).flatMap((tag) => tag.attributes)
    expect(attributes.filter(([name]) => /^on|^src|^srcset|^action|^style$/.test(name))).toEqual([])
    const addresses = attributes.flatMap(([name, value]) => (name === 'href' ? [value] : []))
    expect(addresses.filter((value) => !/^(?:#[a-z-]+|data:,|\/|\/launches\/\w+)$/.test(value))).toEqual([])
  }
})

test.each([
  ['rolled back', rolledBackAt30],
  ['held, with everything that people can write', everythingSaid],
])('hostile text in every field is text on both pages of a launch: %s', (_name, story) => {
  const shape = (html: string) => tagsOf(html).map(({ name, attributes }) => [name, ...attributes.map(([key]) => key)])
  const pages = (text: string) => {
    const poisoned: Watched = poison({ plan: statusBoardPlan, events: story().events }, text)
    return [...shape(pageAt(poisoned).html), ...shape(listOf([poisoned]).html)]
  }
  const clean = pages('')

  fc.assert(
    fc.property(hostileText, (text) => {
      expect(pages(text)).toEqual(clean)
    }),
    { numRuns: 40 },
  )
})

test('a page shows all that people wrote', () => {
  const text = textOf(pageAt({ plan: statusBoardPlan, events: everythingSaid().events }).html)

  expect(said.filter((one) => !text.includes(one))).toEqual([])
})
