import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chat, chatCell, chatLink, fitting } from '../../src/notify/chat-text.ts'
import { hostileText } from '../support/hostile.ts'

const shown = (text: string) => text.replaceAll('\u200B', '')

test.each([
  ['<!channel> & <https://evil.example|here>', '&lt;!channel&gt; &amp; &lt;https:​//evil.example|​here&gt;'],
  ['@here @channel x@everyone', '@​here @​channel x@​everyone'],
  ['see www.evil.example', 'see www​.evil.example'],
  ['*bold* ~gone~ `code`', "*​bold* ~​gone~ 'code'"],
  ['[text](https://evil.example)', '[text]​(https:​//evil.example)'],
])('%s means nothing to a chat', (text, said) => {
  expect(chat(text)).toBe(said)
})

test('what people need to read stays as it is', () => {
  expect(shown(chat('set SLACK_RELEASES, then p95 800ms at 30 %: 14.3% of 1,596'))).toBe(
    'set SLACK_RELEASES, then p95 800ms at 30 %: 14.3% of 1,596',
  )
  expect(chat('error_rate until 00:43:00Z')).toBe('error_rate until 00:43:00Z')
  expect(chat(':tada:')).not.toBe(':tada:')
})

test('no text from anywhere mentions, links or drives anything', () => {
  fc.assert(
    fc.property(hostileText, fc.string(), (hostile, around) => {
      const said = chat(around + hostile + around)
      expect(said).not.toMatch(/[<>`\n]|:\/\/|\]\(|www\.\S|@(?:here|channel|everyone|all)|&(?!(?:amp|lt|gt);)/i)
      // oxlint-disable-next-line no-control-regex -- none may be left
      expect(said).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/)
    }),
  )
})

test('words of launch keep their form beside words of others', () => {
  expect(chatCell(['What acts: ', { code: 'launch `x`' }, ', by ', { strong: '<b>' }])).toBe(
    "What acts: `launch 'x'`, by *&lt;b&gt;*",
  )
})

test('only an address of the web becomes a link, and cannot break out of it', () => {
  expect(chatLink('https://ci.example/run|x>y', 'CI run')).toBe('<https://ci.example/run%7Cx%3Ey|CI run>')
  expect(chatLink('javascript:alert(1)', 'CI run')).toBe('CI run')
})

test('a message is cut where nobody reads on', () => {
  expect(fitting('x'.repeat(9000))).toHaveLength(3500)
})
