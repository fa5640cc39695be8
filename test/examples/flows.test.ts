import { expect, test } from 'vitest'
import { runScript } from '../support/statusboard-site.ts'

// The flows themselves run in a browser: test/slow/statusboard-flows.test.ts.
const flow = (name: string, env: { readonly [name: string]: string | undefined }) =>
  runScript(['flows/run.mjs', name], { LAUNCH_URL: 'http://127.0.0.1:9', ...env })

test('without a browser a flow is not run, says why in one line and exits 77', async () => {
  const ran = await flow('drawer', { CHROMIUM: '/nowhere/chromium' })
  expect(ran.exitCode).toBe(77)
  expect(ran.stdout.trim().split('\n')).toHaveLength(1)
  expect(ran.lastLine).toMatch(/^not run: /)
})

test('an unknown flow is a usage error that names the flows', async () => {
  const ran = await flow('dance', {})
  expect(ran.exitCode).toBe(2)
  expect(ran.lastLine).toBe('unknown flow "dance"; one of board-loads, drag-and-drop, conflict, drawer, all')
})

test('a flow without an address says so', async () => {
  expect(await flow('drawer', { LAUNCH_URL: undefined })).toMatchObject({
    exitCode: 2,
    lastLine: expect.stringContaining('LAUNCH_URL is not set'),
  })
})
