import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { Notice, Paging } from '../../src/notify/notice.ts'
import { pageAddress, pageRequest } from '../../src/notify/paging.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'

const about = { plan: statusBoardPlan, launch: '01L', sandbox: null }
const notice = (page: Paging): Notice & { readonly page: Paging } => ({
  id: 'e1',
  at: epochMs(Date.UTC(2026, 11, 2)),
  mark: 'bad',
  title: ['held at ', { strong: '30 %' }],
  lines: ['why \u001B[2Jit is', { code: 'launch canary abort' }],
  to: [],
  run: 'https://ci.example/run/1',
  page,
})
const trigger = { action: 'trigger', key: '01L/hold', severity: 'critical' } as const

// The fields and limits of https://developer.pagerduty.com/docs/events-api-v2-overview
test('PagerDuty gets an event of its version 2, and the end of the incident by the same key', () => {
  const url = pageAddress({ kind: 'pagerduty', keyEnv: 'K' })
  expect(url).toBe('https://events.pagerduty.com/v2/enqueue')
  expect(pageRequest('pagerduty', url, notice(trigger), about, 'R').body).toEqual({
    routing_key: 'R',
    event_action: 'trigger',
    dedup_key: '01L/hold',
    client: 'launch',
    payload: {
      summary: 'StatusBoardV2 (Sprint 6 → Prod): held at 30 %',
      source: 'statusboard',
      severity: 'critical',
      timestamp: '2026-12-02T00:00:00Z',
      component: 'status-board-v2',
      class: 'launch',
      custom_details: expect.objectContaining({ launch: '01L', why: 'why it is\nlaunch canary abort' }),
    },
    links: [{ href: 'https://ci.example/run/1', text: 'CI run' }],
  })
  const resolve = notice({ action: 'resolve', key: '01L/hold' })
  expect(pageRequest('pagerduty', url, resolve, about, 'R').body).toEqual({
    routing_key: 'R',
    event_action: 'resolve',
    dedup_key: '01L/hold',
  })
})

// https://docs.opsgenie.com/docs/alert-api
test('Opsgenie gets an alert with an alias, and closes it by that', () => {
  const url = pageAddress({ kind: 'opsgenie', keyEnv: 'K' })
  const alert = pageRequest('opsgenie', url, notice(trigger), about, 'G')
  expect(alert).toMatchObject({
    url: 'https://api.opsgenie.com/v2/alerts',
    headers: { authorization: 'GenieKey G' },
    body: { alias: '01L/hold', priority: 'P1', message: 'StatusBoardV2 (Sprint 6 → Prod): held at 30 %' },
  })
  expect(JSON.stringify(alert.body)).not.toContain('"G"')
  expect(pageRequest('opsgenie', url, notice({ action: 'resolve', key: '01L/hold' }), about, 'G').url).toBe(
    'https://api.opsgenie.com/v2/alerts/01L%2Fhold/close?identifierType=alias',
  )
})
