import { describe, expect, test } from 'vitest'
import { planChanges } from '../../src/core/plan-changes.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const text = readFileSync(join(import.meta.dirname, '../../runsheet.yaml'), 'utf8')
const planOf = (sheet: string) => compilePlan(loadSheet(sheet, 'runsheet.yaml', {}))

describe('what changed in the run sheet since a launch was opened', () => {
  test('nothing, when only a comment moved the lines', () => {
    expect(planChanges(planOf(text), planOf(`# a comment\n\n${text}`))).toEqual([])
  })

  test('a limit is named by the phases it is judged in', () => {
    const looser = text.replace('per: 5m, below: 30 }', 'per: 5m, below: 60 }')

    const changes = planChanges(planOf(text), planOf(looser))

    expect(looser).not.toBe(text)
    expect(changes).toEqual(['phase rollout'])
  })

  test('a section is named by its own name', () => {
    expect(planChanges(planOf(text), planOf(text.replace('captain: Jesus Ortiz', 'captain: Somebody Else')))).toEqual([
      'captain',
    ])
  })
})
