import fc from 'fast-check'
import { expect, test } from 'vitest'
import { secretScrubber, secretValues } from '../../src/host/secrets.ts'

// Made up; put together here so that no scanner takes them for real ones.
const accessKey = ['AKIA', 'IOSFODNN7EXAMPLE'].join('')
const googleChat = ['https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k', 'token=t'].join('&')
const slack = ['https://hooks.slack.com/services', 'T00000000', 'B00000000', 'XXXXXXXXXXXX'].join('/')
const env = {
  NPM_TOKEN: 'npm-s3cret-value',
  DB_PASSWORD: 'correct horse battery',
  PAGING_WEBHOOK: 'https://page.example/v2/abcdef123456',
  DEPLOY_PRIVATE_KEY: '-----BEGIN-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END-----',
  AWS_SHARED_CREDENTIALS_FILE: '/home/me/.aws/credentials',
  SHORT_TOKEN: 'on',
  HOME: '/home/me',
}

const leaks = [
  { of: 'a secret variable', text: 'using npm-s3cret-value now', want: 'using *** now' },
  { of: 'a password with spaces', text: 'pw=correct horse battery!', want: 'pw=***!' },
  { of: 'a password in a URL', text: 'q=correct%20horse%20battery', want: 'q=***' },
  { of: 'one line of a private key', text: '> MIIEvQIBADANBg', want: '> ***' },
  { of: 'a private key in JSON', text: JSON.stringify({ key: env.DEPLOY_PRIVATE_KEY }), want: '{"key":"***"}' },
  { of: 'an access key of anybody', text: `key ${accessKey}.`, want: 'key ***.' },
  {
    of: 'user and password of a URL',
    text: 'GET https://me:p%40ss@host.example/x',
    want: 'GET https://***@host.example/x',
  },
  { of: 'a token as user of a URL', text: 'git+https://abc123@host/x.git', want: 'git+https://***@host/x.git' },
  { of: 'a Slack webhook', text: `posting to ${slack}, done`, want: 'posting to https://hooks.slack.com/*** done' },
  {
    of: 'a Google Chat webhook',
    text: `posting to ${googleChat}`,
    want: 'posting to https://chat.googleapis.com/***',
  },
  {
    of: 'a webhook before a quote in JSON',
    text: JSON.stringify({ note: `see "${slack}", then go` }),
    want: String.raw`{"note":"see \"https://hooks.slack.com/***\", then go"}`,
  },
  {
    of: 'the signature of a presigned URL',
    text: 'https://b/k?X-Amz-Signature=abcdef&x=1',
    want: 'https://b/k?X-Amz-Signature=***&x=1',
  },
] as const

for (const { of, text, want } of leaks) {
  test(`${of} is masked`, () => {
    expect(secretScrubber(env).scrub(text)).toBe(want)
  })
}

test('what is no secret stays readable', () => {
  const text = 'see /home/me/.aws/credentials, turn it on, mail me@host.example, https://sb.example/a@2x.png?q=a@b'

  expect(secretScrubber(env).scrub(text)).toBe(text)
})

test('CI is told to mask the values, but not the places where secrets are kept', () => {
  const values = secretValues(env)

  expect(values).toContain('npm-s3cret-value')
  expect(values).toContain('MIIEvQIBADANBg')
  expect(values).not.toContain('/home/me/.aws/credentials')
  expect(values).not.toContain('on')
})

test('a secret is masked wherever the pieces of a stream are cut', () => {
  const scrubber = secretScrubber(env)
  const text = `start npm-s3cret-value\npw correct horse battery then\nkey ${accessKey} and ${env.DEPLOY_PRIVATE_KEY} ${slack} https://me:pw@host/ end`
  const whole = scrubber.scrub(text)

  for (let cut = 0; cut <= text.length; cut++)
    expect(inPieces(scrubber, [text.slice(0, cut), text.slice(cut)])).toBe(whole)
  expect(inPieces(scrubber, Array.from(text))).toBe(whole)
  expect(whole).not.toMatch(/s3cret|horse|AKIA|MIIE|T0000|pw@/)
})

test('cut into any pieces, a stream gives the same text as the whole', () => {
  const scrubber = secretScrubber({ A_TOKEN: 'abcabcabd', B_SECRET: 'cab cab' })

  fc.assert(
    fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', ' '), maxLength: 12 })), (pieces) => {
      expect(inPieces(scrubber, pieces)).toBe(scrubber.scrub(pieces.join('')))
    }),
    { numRuns: 2000 },
  )
})

test('a finished line is passed on at once, an unfinished word is not', () => {
  const stream = secretScrubber(env).stream()

  expect(stream.push('step 1 done\nstep 2 npm-s3')).toBe('step 1 done\nstep 2 ')
  expect(stream.push('cret-value ok\n')).toBe('*** ok\n')
})

test('a word without end does not fill the memory', () => {
  const stream = secretScrubber(env).stream()

  expect(stream.push('x'.repeat(100_000)).length).toBeGreaterThan(90_000)
})

function inPieces(scrubber: ReturnType<typeof secretScrubber>, pieces: readonly string[]): string {
  const stream = scrubber.stream()
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end()
}

// In a time that grows with the square of it, each would take minutes.
test.each([
  ['one long word of dots', 'a.'.repeat(200_000)],
  ['long words, each with an end', `${'x'.repeat(60_000)} `.repeat(20)],
])('%s holds nobody up', { timeout: 20_000 }, (_what, text) => {
  const stream = secretScrubber(env).stream()
  const passed = Array.from({ length: Math.ceil(text.length / 16_384) }, (_, n) =>
    stream.push(text.slice(n * 16_384, (n + 1) * 16_384)),
  )
  expect(passed.join('') + stream.end()).toBe(text)
})

test('a variable that is named as a secret is one whatever it is called', () => {
  const webhooks = {
    RELEASES: 'https://chat.example/hooks/abcdef123456',
    CREW_FILE: 'https://chat.example/hooks/fedcba654321',
  }
  const text = `posting to ${webhooks.RELEASES} and ${webhooks.CREW_FILE}`

  expect(secretScrubber(webhooks, ['RELEASES', 'CREW_FILE']).scrub(text)).toBe('posting to *** and ***')
  expect(secretScrubber(webhooks, ['RELEASES']).scrub(text)).toBe(`posting to *** and ${webhooks.CREW_FILE}`)
})
