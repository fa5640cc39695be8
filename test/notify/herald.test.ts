import { beforeAll, expect, test } from 'vitest'
import { wait } from '../../src/compose/wait.ts'
import { epochMs } from '../../src/core/brand.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Plan } from '../../src/core/plan.ts'
import { systemHttpApi } from '../../src/host/http.ts'
import { readPlan } from '../../src/journal/launches.ts'
import { toldIn } from '../../src/journal/told.ts'
import { courier } from '../../src/notify/courier.ts'
import { herald, type Herald } from '../../src/notify/herald.ts'
import { targetsOf } from '../../src/notify/target.ts'
import { reportModel } from '../../src/report/model.ts'
import { goldenJournals } from '../support/golden-journals.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { describeStep, signalOf } from '../support/views.ts'
import { webhooks, type Webhooks } from '../support/webhooks.ts'

type Past = { readonly plan: Plan; readonly events: readonly LaunchEvent[] }
let past: { readonly [name: string]: Past }

beforeAll(async () => {
  const journals = await goldenJournals()
  past = Object.fromEntries(
    journals.map(({ name, plan, lines }) => [
      name,
      // Lines of a journal are events; the adapter that reads them has its own tests.
      { plan: readPlan(plan).plan, events: lines.map((line): LaunchEvent => JSON.parse(line)) },
    ]),
  )
})

function journal(name: string): Past {
  const found = past[name]
  if (!found) throw new Error(`no journal ${name}`)
  return { ...found, plan: paged(found.plan) }
}

/** With everybody reached on this machine. */
function paged(plan: Plan, kind: 'pagerduty' | 'opsgenie' = 'pagerduty'): Plan {
  return { ...plan, notify: { page: { kind, keyEnv: 'PAGER', url: 'http://127.0.0.1:1/page' } } }
}

type Listening = { readonly herald: Herald; readonly warned: readonly string[] }

function listening({ plan, events }: Past, chat: Webhooks, store = memoryStateStore(), now = atEnd(events)): Listening {
  const env = Object.fromEntries(
    Object.entries(plan.channels).map(([id, { webhookEnv }]) => [webhookEnv ?? '', `${chat.url}/${id}`]),
  )
  const page = plan.notify?.page
  const served: Plan = page ? { ...plan, notify: { ...plan.notify, page: { ...page, url: `${chat.url}/page` } } } : plan
  const warned: string[] = []
  const [first] = events
  if (!first) throw new Error('no events')
  const told = toldIn(store, plan.app, 'production', first.launch)
  const ports = { api: systemHttpApi(), wait, unit: () => 0, told, warn: (line: string) => void warned.push(line) }
  return {
    warned,
    herald: herald({
      plan: served,
      targets: targetsOf(served, { ...env, PAGER: 'R0UTINGKEY' }, true).usable,
      courier: courier(ports),
      now: () => now,
      report: (heard) => reportModel({ plan, events: heard, describeStep, signalOf }),
      scrub: (text) => text.replaceAll('StatusBoardV2', '***'),
    }),
  }
}

const atEnd = (events: readonly LaunchEvent[]) => epochMs(events.at(-1)?.at ?? 0)

/** As it went: each event is heard when it happens. */
async function lived(name: string, chat: Webhooks, store = memoryStateStore()): Promise<Listening> {
  const launch = journal(name)
  let last: Listening | null = null
  for (let upTo = 1; upTo <= launch.events.length; upTo += 1) {
    const events = launch.events.slice(0, upTo)
    // A process of its own for every few events: whatever is not remembered is said again.
    if (upTo % 5 !== 0 && upTo !== launch.events.length) continue
    last = listening({ ...launch, events }, chat, store)
    last.herald.hear(events)
    await last.herald.close(5000)
  }
  if (!last) throw new Error('nothing lived')
  return last
}

test('a launch that goes well is told in #releases, and its release note in #releases and #product, each once', async () => {
  await using chat = await webhooks()
  await lived('healthy', chat)

  const releases = chat.taken('/primary')
  expect(releases.filter((text) => text.includes('of users get the new version'))).toHaveLength(4)
  expect(new Set(releases).size).toBe(releases.length)
  const [note, ...more] = chat.taken('/product')
  expect(more).toEqual([])
  expect(releases).toContain(note)
  expect(note).toContain('Released: *')
  expect(note).toContain('is live for all users since')
  expect(note).toMatch(/• Board load p95 &lt; 800ms: /)
  expect(chat.taken('/emergency')).toEqual([])
  expect(chat.posted.filter(({ path }) => path === '/page')).toEqual([])
})

test('a rollback that handled itself is level 1, in the channel of that level, and wakes nobody', async () => {
  await using chat = await webhooks()
  await lived('rolled-back', chat)

  const [told, ...more] = chat.taken('/alerts')
  expect(more).toEqual([])
  expect(told).toContain('*Level 1, Auto-handled*: Automatic rollback')
  expect(told).toContain('Rolled back (emergency)')
  expect(chat.taken('/emergency')).toEqual([])
  expect(chat.posted.filter(({ path }) => path === '/page')).toEqual([])
})

test('a hold asks level 2 what to do, says who to call and pages; secrets are taken out, the key of the pager is in no other message', async () => {
  await using chat = await webhooks()
  await lived('held', chat)

  const [told] = chat.taken('/technical')
  expect(told).toContain('*Level 2, Manual*: Manual rollback decision')
  expect(told).toContain('Who to call: Release Captain Jesus Ortiz')
  expect(told).toContain('`launch canary promote`')
  const pages = chat.posted.filter(({ path }) => path === '/page').map(({ body }) => body)
  expect(pages[0]).toMatchObject({
    routing_key: 'R0UTINGKEY',
    event_action: 'trigger',
    dedup_key: expect.stringMatching(/\/hold$/),
    payload: { severity: 'error', source: 'statusboard', summary: expect.stringContaining('held at') },
  })
  const others = JSON.stringify(chat.posted.filter(({ path }) => path !== '/page'))
  expect(others).not.toContain('R0UTINGKEY')
  expect(JSON.stringify(chat.posted)).not.toContain('StatusBoardV2')
})

test('a rollback that failed is level 3 and pages once, however often it is seen', async () => {
  await using chat = await webhooks()
  const { plan, events } = journal('rolled-back')
  const failed = events.map((event) =>
    event.type === 'rolled-back'
      ? { ...event, result: { ...event.result, outcome: 'failed' as const } }
      : event.type === 'launch-ended'
        ? { ...event, outcome: 'failed' as const }
        : event,
  )
  const store = memoryStateStore()
  for (const run of [1, 2]) {
    const { herald: told } = listening({ plan, events: failed }, chat, store)
    told.hear(failed)
    told.end({ outcome: 'failed', why: `seen ${run} times` }, atEnd(failed), { name: 'ci', host: 'ci', run: null })
    await told.close(5000)
  }

  expect(chat.taken('/emergency')).toHaveLength(1)
  expect(chat.taken('/emergency')[0]).toContain('*Level 3, Leadership*: Executive notification')
  const pages = chat.posted.filter(({ path }) => path === '/page')
  expect(pages).toHaveLength(1)
  expect(pages[0]?.body).toMatchObject({ payload: { severity: 'critical' } })
})

test('what happened hours ago is no news', async () => {
  await using chat = await webhooks()
  const launch = journal('rolled-back')
  const { herald: told } = listening(launch, chat, memoryStateStore(), epochMs(atEnd(launch.events) + 2 * 3_600_000))
  told.hear(launch.events)
  await told.close(5000)

  expect(chat.posted).toEqual([])
})

test('a chat that does not answer holds up nobody longer than agreed, and that is said without its address', async () => {
  await using chat = await webhooks((path) => (path === '/primary' ? 'never' : 200))
  const launch = journal('rolled-back')
  const { herald: told, warned } = listening(launch, chat)
  const startedAt = performance.now()
  told.hear(launch.events)
  expect(performance.now() - startedAt).toBeLessThan(500)
  await told.close(300)

  expect(performance.now() - startedAt).toBeLessThan(2000)
  expect(chat.taken('/alerts')).toHaveLength(1)
  expect(warned).toEqual([
    expect.stringMatching(/^notify: #releases \(127\.0\.0\.1:\d+\) was not told: it did not answer in time$/),
  ])
})
