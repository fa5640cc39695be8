import { request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { eventStream } from '../support/event-stream.ts'
import { guidedProject } from '../support/guided-sheet.ts'
import { runBin, startBin, type RunningBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

async function urlOf(serving: RunningBin): Promise<string> {
  await serving.waitFor('Ctrl-C ends it.')
  const [, url = ''] = /^launches of small: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(serving.stdout()) ?? []
  return url
}

async function statusOf(url: string, method: string, host: string): Promise<number | undefined> {
  const sent = request(url, { method, headers: { Host: host }, agent: false })
  sent.end()
  // `response` comes with exactly one IncomingMessage.
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  answer.resume()
  return answer.statusCode
}

function versionIn(page: string): string {
  return /<body data-version="([\w-]+)"/.exec(page)?.[1] ?? ''
}

test(
  'every launch is a page that tells its followers when it advances, until Ctrl-C',
  { timeout: 60_000 },
  async () => {
    await using dir = await tempDir({ files: guidedProject })
    const run = (...args: readonly string[]) => runBin([...args, '--sandbox'], { cwd: dir.path })
    expect(await run('approve', 'qa-lead', '--note', 'seen <b>well</b>')).toMatchObject({ exitCode: 0 })
    await using serving = startBin(['dashboard', '--sandbox'], { cwd: dir.path, timeoutMs: 60_000 })
    const url = await urlOf(serving)

    const list = await (await fetch(url)).text()
    const [, path = ''] = /href="\/(launches\/[0-9A-Z]{26})"/.exec(list) ?? []
    expect(list).toContain('1 launch open')
    const answer = await fetch(url + path)
    const page = await answer.text()
    expect(page).toContain('seen &lt;b&gt;well&lt;/b&gt;')
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; connect-src 'self'; .*frame-ancestors 'none'$/,
    )
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(await statusOf(url, 'POST', '127.0.0.1')).toBe(405)
    expect(await statusOf(url + path, 'GET', 'rebound.example')).toBe(403)
    for (const nowhere of ['launches/..%2F..%2Factive.json', 'launches/', 'launches/01', `${path}/x`, 'favicon.ico'])
      expect((await fetch(url + nowhere)).status).toBe(404)

    await using events = await eventStream(`${url}${path}/events?since=${versionIn(page)}`)
    expect(events.response.headers['content-type']).toBe('text/event-stream; charset=utf-8')
    await events.until('retry: ')
    expect(await run('note', 'the board <script>looks</script> well')).toMatchObject({ exitCode: 0 })
    await events.until('event: change')
    const later = await (await fetch(url + path)).text()
    expect(later).toContain('the board &lt;script&gt;looks&lt;/script&gt; well')

    // Who comes back is told at once what was missed, and nothing when nothing was.
    await using back = await eventStream(`${url}${path}/events`, { 'Last-Event-ID': versionIn(page) })
    await back.until('event: change')
    const [, told = ''] = /^id: (\S+)$/m.exec(back.text()) ?? []
    expect(told).not.toBe(versionIn(page))

    serving.kill('SIGINT')
    expect(await serving.done).toMatchObject({ exitCode: 0, signal: null })
    expect(serving.stdout()).toMatch(/\nstopped\n$/)
    await Promise.all([events.ended, back.ended])
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  },
)

test('without anything to show, or at a port that is none, it says so and ends', async () => {
  await using dir = await tempDir({ files: guidedProject })
  const run = (...args: readonly string[]) => runBin(['dashboard', ...args], { cwd: dir.path })

  const [nothing, port] = await Promise.all([run('--sandbox'), run('--sandbox', '--port', '65536')])

  expect(nothing).toMatchObject({ exitCode: 2, stdout: '' })
  expect(nothing.stderr).toContain('there is no sandbox in this folder')
  expect(port).toMatchObject({ exitCode: 2, stdout: '' })
  expect(port.stderr).toContain('--port "65536" is not a port')
})
