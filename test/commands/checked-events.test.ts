import { describe, expect, test } from 'vitest'
import { launchId, type LaunchId } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { mustHoldTexts } from '../../src/commands/checked-events.ts'
import { reportHtml } from '../../src/report/html-page.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import { envelope } from '../../src/ui/envelope.ts'
import { plain } from '../../src/ui/plain.ts'
import { goldenJournals } from '../support/golden-journals.ts'
import { everythingSaid, healthyLaunch, heldAt10, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { autoSucceeded, describeStep, reported, signalOf } from '../support/views.ts'

const stories = [healthyLaunch(), heldAt10(), rolledBackAt30(), everythingSaid()].map(({ events }) => events)
const launchOf = (events: readonly LaunchEvent[]) => launchId(events[0]?.launch ?? '')

describe('the texts of a journal', () => {
  test('are texts in every journal that launch wrote', async () => {
    for (const { launch, lines } of await goldenJournals())
      mustHoldTexts(
        lines.map((line) => JSON.parse(line) as LaunchEvent),
        launch,
      )
    for (const events of stories) mustHoldTexts(events, launchOf(events))
    expect(stories.flat().length).toBeGreaterThan(100)
  })

  test('that are something else are refused with the number and the field, or do not keep anything from being shown', () => {
    const odd: readonly unknown[] = [{ html: '<meta http-equiv=refresh>' }, null, { toString: 1 }]
    const refusals: string[] = []
    let shown = 0
    for (const { events, at, path } of textsIn(stories)) {
      for (const value of odd) {
        const forged = events.with(at, changed(events[at], path, value))
        const refusal = refusalOf(forged, launchOf(events))
        if (refusal !== null) refusals.push(refusal)
        else shown += show(forged)
      }
    }
    const said = /^JOURNAL_CORRUPT event \d+ of launch .+ (?:has no text in "[\w.*]+"|calls its launch )/
    expect(refusals.filter((refusal) => !said.test(refusal))).toEqual([])
    expect(refusals.length).toBeGreaterThan(400)
    expect(shown).toBeGreaterThan(20)
  })

  test('of a type or a field that this version does not know are left alone', () => {
    const [first] = healthyLaunch().events
    if (!first) throw new Error('no story')
    const later = { ...first, n: 2, type: 'invented', why: { more: 'than a text' } }
    const added = { ...first, reasons: [{}] }
    // What a newer version may write.
    expect(() => mustHoldTexts([added, later] as unknown as readonly LaunchEvent[], first.launch)).not.toThrow()
  })
})

test('an event of another launch is refused', () => {
  const { events } = healthyLaunch()
  expect(() => mustHoldTexts(events, launchId('01ARZ3NDEKTSV4RRFFQ69G5FAV'))).toThrow(
    /^event 1 of launch 01ARZ3NDEKTSV4RRFFQ69G5FAV calls its launch "/,
  )
})

function refusalOf(events: readonly LaunchEvent[], launch: LaunchId): string | null {
  try {
    mustHoldTexts(events, launch)
    return null
  } catch (error) {
    if (error instanceof LaunchError) return `${error.code} ${error.message}`
    throw error
  }
}

type Path = readonly (string | number)[]

/** Every text of every type of event, once, but for what a look saw: it is shown by `explain` alone, as it was seen. */
function textsIn(journals: readonly (readonly LaunchEvent[])[]) {
  const seen = new Set<string>()
  return journals.flatMap((events) =>
    events.flatMap((event, at) =>
      pathsOf(event, []).flatMap((path) => {
        const name = `${event.type} ${path.filter((step) => typeof step === 'string').join('.')}`
        if (seen.has(name) || path[0] === 'type' || path[0] === 'evidence' || path[0] === 'saying') return []
        seen.add(name)
        return [{ events, at, path }]
      }),
    ),
  )
}

function pathsOf(value: unknown, path: Path): readonly Path[] {
  if (typeof value === 'string') return [path]
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).flatMap(([key, item]) =>
    pathsOf(item, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}

/** The event with another value at that path. */
function changed(event: unknown, path: Path, value: unknown): LaunchEvent {
  const copy: unknown = structuredClone(event)
  const inside = path.slice(0, -1).reduce<unknown>((at, step) => (Object(at) as Record<string, unknown>)[step], copy)
  Object.assign(Object(inside), { [path.at(-1) ?? '']: value })
  // Still an event as far as a reader of the journal looks.
  return copy as LaunchEvent
}

/** Throws what a view throws. The number of journals shown: one. */
function show(events: readonly LaunchEvent[]): number {
  const model = reportModel({ plan: statusBoardPlan, events, describeStep, signalOf })
  if (!model) throw new Error('no launch')
  expect(reportHtml(model)).not.toContain('<meta http-equiv=refresh>')
  reportMarkdown(model)
  JSON.stringify(model)
  reported(plain, events, envelope(autoSucceeded))
  return 1
}
