import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checklistMarkdown } from '../../src/report/checklist.ts'
import { code, md, mdTable } from '../../src/report/escape.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import { forbiddenIn } from '../support/forbidden.ts'
import { hostileText, poison } from '../support/hostile.ts'
import { everythingSaid, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf } from '../support/views.ts'

describe('text from data in Markdown', () => {
  test.each([
    ['p95 < 800ms & rising', 'p95 < 800ms & rising'],
    ['<script>alert(1)</script>', '&lt;script>alert(1)&lt;/script>'],
    ['a | b', String.raw`a \| b`],
    ['[click](https://evil.example)', String.raw`\[click\](https:<!-- -->//evil.example)`],
    ['@team see #12', '@<!-- -->team see #<!-- -->12'],
    ['jesus@sb.example', 'jesus@sb.example'],
    ['# heading', String.raw`\# heading`],
    ['- item', String.raw`\- item`],
    ['1. item', '1<!-- -->. item'],
    ['0.12% < 1%', '0.12% < 1%'],
    ['&lt;b&gt;', '&amp;lt;b&amp;gt;'],
    ['**bold** `code`', String.raw`\*\*bold\*\* \`code\``],
  ])('%s becomes %s', (text, markdown) => {
    expect(md(text)).toBe(markdown)
  })

  test('a code span outlives backticks and pipes', () => {
    expect([code('launch'), code('a`b'), code('`a`'), code('a|b'), code('')]).toEqual([
      '`launch`',
      '``a`b``',
      '`` `a` ``',
      String.raw`\`a\|b\``.replaceAll('\\`', '`'),
      '',
    ])
  })

  test('a table without rows is nothing', () => {
    expect(mdTable(['a'], [])).toEqual([])
    expect(mdTable(['a', 'b'], [['1', '2']])).toEqual(['| a | b |', '| --- | --- |', '| 1 | 2 |'])
  })
})

describe('a page made of hostile data', () => {
  // Renderers split a row at every pipe that has no backslash right before it.
  const cells = (line: string) => line.replaceAll(String.raw`\|`, '').split('|').length
  const shape = (page: string) => page.split('\n').map((line) => (line.startsWith('|') ? cells(line) : 0))
  // Code spans are inert; outside them nothing may open a tag or mention anybody.
  const prose = (page: string) =>
    page.replaceAll(/(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)/g, '').replaceAll('<!-- -->', '\u2063')

  /** What is wrong with a page, compared with the same page of harmless data. */
  function faults(page: string, clean: string): readonly string[] {
    const text = prose(page)
    return [
      ...(forbiddenIn(page).length > 0 ? ['a control character'] : []),
      ...(isDeepStrictEqual(shape(page), shape(clean)) ? [] : ['another shape']),
      ...(/<[a-z/!?]/i.test(text) ? ['a tag'] : []),
      ...(/(^|[^\w])@\w/.test(text) ? ['a mention'] : []),
      ...(/https?:\/\//.test(text) ? ['a link'] : []),
    ]
  }

  test.each([
    ['rolled back', rolledBackAt30],
    ['held, with everything that people can write', everythingSaid],
  ])('the report keeps its lines and tables, and runs, links and mentions nothing: %s', (_name, story) => {
    const { events } = story()
    const page = (text: string) => {
      const model = reportModel({
        plan: poison(statusBoardPlan, text),
        events: poison(events, text),
        describeStep,
        signalOf,
      })
      return model ? reportMarkdown(model) : ''
    }

    fc.assert(
      fc.property(hostileText, (text) => {
        expect(faults(page(text), page(''))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('so does the checklist', () => {
    const page = (text: string) => checklistMarkdown(poison(statusBoardPlan, text), describeStep)

    fc.assert(
      fc.property(hostileText, (text) => {
        expect(faults(page(text), page(''))).toEqual([])
      }),
      { numRuns: 40 },
    )
  })
})
