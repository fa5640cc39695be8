import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import {
  corrupts,
  isProduction,
  parseScenario,
  scenarioForms,
  scenarioNames,
  scenarios,
  withheldRole,
} from '../../src/sandbox/scenario.ts'
import { production, staging } from './support/memory-world.ts'

// DESIGN §10.
const outcomes = {
  healthy: 0,
  'late-metrics': 0,
  'slow-metrics': 0,
  'binned-latency': 0,
  'outage-shared': 0,
  'error-spike': 4,
  slow: 4,
  'conflict-storm': 4,
  'already-breaching': 3,
  'deploy-corrupt': 4,
  'no-traffic': 4,
  throttled: 4,
  unsigned: 8,
}

test('every scenario says in one line what it is and how a launch ends', () => {
  expect(Object.fromEntries(scenarioNames().map((name) => [name, parseScenario(name).exit]))).toEqual(outcomes)
  for (const { about } of Object.values(scenarios)) expect(about).toMatch(/^[^\n.]{10,90}$/)
})

test('a staged scenario starts at 30 % unless it says where', () => {
  expect(parseScenario('slow')).toMatchObject({ name: 'slow', text: 'slow@30', from: 0.3 })
  expect(parseScenario('error-spike@50')).toMatchObject({ text: 'error-spike@50', from: 0.5 })
  expect(parseScenario('conflict-storm@100%')).toMatchObject({ text: 'conflict-storm@100', from: 1 })
  expect(parseScenario('healthy')).toMatchObject({ text: 'healthy', from: null })
})

test.each(['nonsense', '', 'healthy@30', 'slow@0', 'slow@101', 'slow@', 'SLOW', 'slow@ten'])(
  '"%s" is refused as wrong usage',
  (text) => {
    expect(() => parseScenario(text)).toThrow(LaunchError)
    expect(() => parseScenario(text)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  },
)

test('an unknown scenario is answered with those there are', () => {
  const hint = scenarioForms().join(', ')
  expect(hint).toContain('error-spike@N')
  expect(() => parseScenario('nope')).toThrow(expect.objectContaining({ hint: `one of ${hint}` }))
})

test('a corrupt deploy damages the pages of production and nothing else', () => {
  const corrupt = parseScenario('deploy-corrupt')
  expect(['index.html', 'favicon.ico', 'about/index.html'].map((key) => corrupts(corrupt, production, key))).toEqual([
    true,
    true,
    true,
  ])
  const spared = ['assets/app-1a2b.js', 'flags/status-board-v2.json', '.launch/releases/r1/index.html']
  expect(spared.map((key) => corrupts(corrupt, production, key))).toEqual([false, false, false])
  expect(corrupts(corrupt, staging, 'index.html')).toBe(false)
  expect(corrupts(parseScenario('healthy'), production, 'index.html')).toBe(false)
})

test('unsigned withholds exactly one sign-off', () => {
  expect(withheldRole(parseScenario('unsigned'), ['qa-lead', 'product'])).toBe('product')
  expect(withheldRole(parseScenario('unsigned'), [])).toBeNull()
  expect(withheldRole(parseScenario('healthy'), ['qa-lead'])).toBeNull()
})

test('production is the site of that name, or the last one', () => {
  const sites = [{ environment: 'staging' }, { environment: 'live' }]
  expect(sites.map((site) => isProduction(site, sites))).toEqual([false, true])
  expect([staging, production].map((site) => isProduction(site, [production, staging]))).toEqual([false, true])
})
