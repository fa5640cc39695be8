import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { smallSheet } from '../support/small-sheet.ts'

const compared = smallSheet.replace(
  '{ kind: ratio, bad: errors, of: requests, below: 1% }',
  '{ kind: compare, metric: board-load, atMost: 130% }',
)
const variant = 'variant: { dimension: V, canary: new, control: old } }'

function refusal(text: string): unknown {
  try {
    return loadSheet(text, 'runsheet.yaml', {}) && null
  } catch (error) {
    return error
  }
}

test('a comparison of versions on a metric that does not tell them apart is refused where it is written', () => {
  const line = compared.split('\n').findIndex((text) => text.includes('kind: compare')) + 1
  const col = (compared.split('\n')[line - 1]?.indexOf('board-load') ?? 0) + 1
  const error = refusal(compared)
  expect(error).toBeInstanceOf(LaunchError)
  expect(error).toMatchObject({ code: 'RUNSHEET_INVALID', exitCode: 2, at: { line, col, length: 10 } })
  expect(String(error)).toContain(
    `runsheet.yaml:${line}:${col} metric: metric "board-load" does not tell the versions apart`,
  )
  expect(String(error)).toContain('give it a variant under metrics.board-load, or use a check with a limit')
})

test('one that does is fine', () => {
  const name = 'name: BoardLoadMs, dimensions: { Environment: "${environment}" } }'
  expect(compared).toContain(name)
  expect(refusal(compared.replace(name, name.replace(/ }$/, `, ${variant}`)))).toBeNull()
})
