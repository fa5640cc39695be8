import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { SignalOf } from '../../src/report/charts.ts'
import { document, el, styleSheet } from '../../src/report/html.ts'
import { reportHtml } from '../../src/report/html-page.ts'
import { css } from '../../src/report/html-style.ts'
import { reportModel } from '../../src/report/model.ts'
import { forbiddenIn } from '../support/forbidden.ts'
import { golden } from '../support/golden.ts'
import { goldenJournals, type GoldenJournal } from '../support/golden-journals.ts'
import { hostileText, poison } from '../support/hostile.ts'
import { signalsOf, tagsOf } from '../support/html-page.ts'
import { everythingSaid, healthyLaunch, heldAt10, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf as programs } from '../support/views.ts'

// The one that was held is told by its text alone.
const journals = (await goldenJournals()).filter(({ name }) => name !== 'held')

/** A journal and a plan as the program wrote them. */
function told({ lines, plan }: GoldenJournal) {
  return {
    plan: (JSON.parse(plan) as { readonly plan: Plan }).plan,
    events: lines.map((line) => JSON.parse(line) as LaunchEvent),
  }
}

type Told = { readonly plan: Plan; readonly events: readonly LaunchEvent[] }

function pageOf({ plan, events }: Told, signalOf: SignalOf = programs): string {
  const model = reportModel({ plan, events, describeStep, signalOf })
  if (!model) throw new Error('no launch')
  return reportHtml(model)
}

describe('the report as a page', () => {
  test.each(journals)('of the $name launch of the sandbox is this one', (journal) => {
    const page = pageOf(told(journal))

    expect(page).toBe(golden(new URL(`golden/report-${journal.name}.html`, import.meta.url), page))
  })

  test.each(journals)('of the $name launch stays below 300 kB', (journal) => {
    expect(Buffer.byteLength(pageOf(told(journal)))).toBeLessThan(300_000)
  })

  test('of a day of minutes stays below 300 kB too: neighbouring minutes become one point', () => {
    const { events, plan } = signalsOf({ minutes: 24 * 60 })

    const page = pageOf({ events, plan })
    expect(page).toContain(', every 9 minutes')
    expect(Buffer.byteLength(page)).toBeLessThan(300_000)
  })

  test('has no script, no address to load from, and a policy that forbids both', () => {
    for (const journal of journals) {
      const page = pageOf(told(journal))
      const tags = tagsOf(page)
      expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;sha256-')
      expect(tags.map(({ name }) => name)).not.toContain('script')
      const attributes = tags.flatMap(({ attributes }) => attributes)
      expect(attributes.filter(([name]) => /^on|^src|^srcset|^action|^style$/.test(name))).toEqual([])
      const addresses = attributes.flatMap(([name, value]) => (name === 'href' ? [value] : []))
      expect(addresses.filter((value) => !/^#[a-z-]+$|^data:,$/.test(value))).toEqual([])
      expect(page).not.toMatch(/url\(|@import/)
    }
  })

  test('every id is there once, and every reference leads to one', () => {
    for (const journal of journals) {
      const attributes = tagsOf(pageOf(told(journal))).flatMap(({ attributes }) => attributes)
      const ids = attributes.flatMap(([name, value]) => (name === 'id' ? [value] : []))
      const wanted = attributes.flatMap(([name, value]) =>
        name === 'aria-labelledby' ? value.split(' ') : name === 'href' && value !== 'data:,' ? [value.slice(1)] : [],
      )
      expect(new Set(ids).size).toBe(ids.length)
      expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
    }
  })

  test('of a launch that raised no flag says that nobody saw the new version', () => {
    const events = healthyLaunch().events.filter(({ type }) => !type.startsWith('flag-'))

    expect(pageOf({ plan: statusBoardPlan, events })).toContain('no user saw the new version')
  })

  test('of a launch that is still held is not over', () => {
    expect(pageOf({ plan: statusBoardPlan, events: heldAt10().events })).toContain('<strong>IN PROGRESS</strong>')
  })
})

describe('text from data on the page', () => {
  test('stays text, in an element and in a value', () => {
    expect(el('b', { title: `"><script>'&` }, '<!channel> & "x"', '\u202Ea\u0007b\u00AD').html).toBe(
      '<b title="&quot;&gt;&lt;script&gt;&#39;&amp;">&lt;!channel&gt; &amp; &quot;x&quot;ab</b>',
    )
    expect(el('p', {}, 'half \uD800 of one', null, ['a', el('i', { hidden: true, id: null }, '')]).html).toBe(
      '<p>half \uFFFD of onea<i hidden></i></p>\n',
    )
    expect(document('<')).toBe('<!doctype html>\n<html lang="en">\n&lt;</html>\n')
    expect(() => styleSheet('</style>')).toThrow('no <')
  })

  test('is never finished HTML, whatever it looks like: that is made here, and cannot be read from a journal', () => {
    // What a journal may hold where its type says text.
    const read = (json: string) => JSON.parse(json) as string
    expect(document(read('{"html":"<script>"}'))).toContain('{&quot;html&quot;:&quot;&lt;script&gt;&quot;}')
    expect(document(read('{"html":"<b>","#html":"<b>"}'))).not.toContain('<b>')
    expect(document({ html: el('b', {}, 'a').html } as unknown as string)).not.toContain('<b>')
    expect(document(read('[7, true, {"toString": 1}, null, "<"]'))).toContain(
      '\n7true{&quot;toString&quot;:1}&lt;</html>',
    )
    expect(document(el('p', { title: read('{"toString":1}') }, read('{}')))).toContain(
      '<p title="{&quot;toString&quot;:1}">{}</p>',
    )
    expect(document(el('i', {}, el('b', {}, 'a')))).toContain('<i><b>a</b></i>')
  })

  test.each([
    ['a rolled back launch', { plan: statusBoardPlan, events: rolledBackAt30().events }, 8],
    ['a launch with everything that people write', { plan: statusBoardPlan, events: everythingSaid().events }, 2],
    ['a launch with minutes to draw', signalsOf({ minutes: 4 }), 4],
  ])('makes no element, attribute or address, whatever it is: %s', (_name, { plan, events }, drawings) => {
    const page = (text: string) =>
      pageOf({ plan: poison(plan, text), events: poison(events, text) }, () => ({
        of: 'mean',
        metric: 'drawer-open',
        unit: text,
        below: 200,
        floor: 1,
      }))
    const shape = tagsOf(page(''))
    expect(shape.filter(({ name }) => name === 'svg')).toHaveLength(drawings)

    fc.assert(
      fc.property(hostileText, (text) => {
        const made = page(text)
        expect(forbiddenIn(made)).toEqual([])
        // Names of elements and attributes, ids and addresses: only texts that name something to a reader may differ.
        expect(tagsOf(made)).toEqual(shape)
      }),
      { numRuns: 40 },
    )
  })
})

/** The relative luminance and contrast of WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const full = hex.length === 4 ? hex.replaceAll(/[0-9a-f]/g, '$&$&') : hex
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(full.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

describe.each([
  ['in the light', 0],
  ['in the dark', 1],
])('colours %s', (_name, scheme) => {
  const palettes = Array.from(
    css.matchAll(/--page:[^}]*/g),
    ([text]) => new Map(Array.from(text.matchAll(/--(\w+):(#\w+)/g), ([, name, hex]) => [name, hex])),
  )
  const colour = (name: string) => palettes[scheme]?.get(name) ?? ''

  test('of texts have 4.5 : 1 against everything they stand on', () => {
    for (const text of ['text', 'dim', 'pass', 'fail', 'unknown', 'waived', 'link'])
      for (const ground of ['page', 'soft'])
        expect(contrast(colour(text), colour(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
    for (const text of ['text', 'dim', 'fail'])
      for (const ground of ['band', 'band2'])
        expect(contrast(colour(text), colour(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  })

  test('of lines have 3 : 1', () => {
    for (const line of ['canary', 'control', 'fail'])
      for (const ground of ['page', 'band', 'band2'])
        expect(contrast(colour(line), colour(ground)), `${line} on ${ground}`).toBeGreaterThanOrEqual(3)
  })
})
