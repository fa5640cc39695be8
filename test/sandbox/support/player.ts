/** A process of its own in a world: does what it is told on stdin, one JSON array per line, and answers each with a line. */
import { createInterface } from 'node:readline'
import { epochMs } from '../../../src/core/brand.ts'
import { openSandbox } from '../../../src/sandbox/attach.ts'

const [dir = '', role = 'driver'] = process.argv.slice(2)
const sandbox = await openSandbox({ dir, driver: role === 'driver' }, 'attach')
const signal = new AbortController().signal

const say = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)
say({ hosting: sandbox.hosting, apiUrl: sandbox.apiUrl, siteUrls: sandbox.siteUrls, now: sandbox.clock.now() })

for await (const line of createInterface({ input: process.stdin })) {
  // Only the test next door writes here.
  const [verb, argument] = JSON.parse(line) as [string, number]
  if (verb === 'sleep') await sandbox.clock.sleepUntil(epochMs(sandbox.clock.now() + argument), signal)
  if (verb === 'close') break
  say({ hosting: sandbox.hosting, apiUrl: sandbox.apiUrl, now: sandbox.clock.now() })
}
await sandbox.close()
