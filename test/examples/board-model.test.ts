import { expect, test } from 'vitest'
import type { Appointment, Column } from '../../examples/statusboard/src/appointment.ts'
import { BoardModel, type MoveOutcome, type PutAnswer } from '../../examples/statusboard/src/board-model.ts'
import { outcomeWords } from '../../examples/statusboard/src/outcome-words.ts'

type Change = { readonly column: Column; readonly version: number }

/** A server that answers changes when told to. */
function board(appointments: readonly Appointment[]) {
  const sent: (Change & { readonly answer: (answer: PutAnswer) => void })[] = []
  const outcomes: MoveOutcome[] = []
  const put = (_: string, change: Change) =>
    new Promise<PutAnswer>((answer) => {
      sent.push({ ...change, answer })
    })
  const model = new BoardModel(
    put,
    () => undefined,
    (outcome) => outcomes.push(outcome),
  )
  model.receive(appointments)
  return { model, sent, outcomes, columnOf: (id: string) => model.get(id)?.column ?? null }
}
const ana = {
  id: 'a',
  patient: 'Ana',
  title: 'Check-up',
  column: 'scheduled',
  start: '2026-12-01T08:00:00Z',
  version: 4,
} as const

test('a moved card shows in its new column before the server has answered, and is sent with the version it was made on', async () => {
  const { model, sent, columnOf } = board([ana])
  const moved = model.move('a', 'arrived')
  expect(columnOf('a')).toBe('arrived')
  expect(sent[0]).toMatchObject({ column: 'arrived', version: 4 })
  sent[0]?.answer({ type: 'saved', appointment: { ...ana, column: 'arrived', version: 5 } })
  await moved
  expect(model.get('a')).toMatchObject({ column: 'arrived', version: 5 })
})

test('on a conflict the card stands where the server says, and the user reads what it is now', async () => {
  const { model, sent, outcomes, columnOf } = board([ana])
  const moved = model.move('a', 'arrived')
  sent[0]?.answer({ type: 'conflict', current: { ...ana, column: 'done', version: 9 } })
  await moved
  expect(columnOf('a')).toBe('done')
  expect(outcomes.map(outcomeWords)).toEqual([
    {
      kind: 'alert',
      title: 'Someone else changed this first',
      text: 'Ana was changed by someone else and is now in Done. Your move to Arrived was not saved.',
    },
  ])
})

test('two quick moves of one card go one after the other, the second on the version of the first', async () => {
  const { model, sent, outcomes, columnOf } = board([ana])
  const first = model.move('a', 'arrived')
  await model.move('a', 'in-progress')
  expect(sent).toHaveLength(1)
  sent[0]?.answer({ type: 'saved', appointment: { ...ana, column: 'arrived', version: 5 } })
  await new Promise(setImmediate)
  expect(sent[1]).toMatchObject({ column: 'in-progress', version: 5 })
  expect(columnOf('a')).toBe('in-progress')
  sent[1]?.answer({ type: 'saved', appointment: { ...ana, column: 'in-progress', version: 6 } })
  await first
  expect(outcomes.map(({ type }) => type)).toEqual(['saved', 'saved'])
})

test('a move the server does not take goes back', async () => {
  const { model, sent, outcomes, columnOf } = board([ana])
  const moved = model.move('a', 'done')
  sent[0]?.answer({ type: 'failed' })
  await moved
  expect(columnOf('a')).toBe('scheduled')
  expect(outcomes.map(outcomeWords)[0]).toMatchObject({ kind: 'alert', title: 'The move was not saved' })
})

test('an appointment that is gone leaves the board', async () => {
  const { model, sent, columnOf } = board([ana])
  const moved = model.move('a', 'done')
  sent[0]?.answer({ type: 'gone' })
  await moved
  expect(columnOf('a')).toBeNull()
})

test('a refresh does not undo a move that is on its way, nor bring back an older version', async () => {
  const { model, sent, columnOf } = board([ana])
  const moved = model.move('a', 'done')
  model.receive([ana])
  expect(columnOf('a')).toBe('done')
  sent[0]?.answer({ type: 'saved', appointment: { ...ana, column: 'done', version: 5 } })
  await moved
  model.receive([ana])
  expect(columnOf('a')).toBe('done')
})
