import { columns, columnTitle, isColumn, type Column } from '../appointment.ts'
import type { BoardModel } from '../board-model.ts'
import type { BoardView, MakeBoardView } from '../board-view.ts'
import { h } from '../dom.ts'
import { fillCard, makeCard } from './card.ts'
import { watchDrags } from './drag.ts'
import { makeDrawer } from './drawer.ts'

/** StatusBoardV2: a column for every state of an appointment. */
export const makeBoardV2: MakeBoardView = (place, model, beacon): BoardView => {
  const lanes = columns.map(makeLane)
  const board = h('div', { class: 'board' }, ...lanes.map((lane) => lane.element))
  const drawer = makeDrawer(model, beacon)
  const stopDrags = watchDrags(board, (id, to) => void model.move(id, to))
  const onClick = (event: Event): void => {
    const opener = event.target instanceof Element ? event.target.closest('[data-open]') : null
    const id = opener?.closest('[data-appointment]')?.getAttribute('data-appointment')
    if (typeof id === 'string') void drawer.open(id)
  }
  const onKey = (event: KeyboardEvent): void => moveByKey(event, model)
  board.addEventListener('click', onClick)
  board.addEventListener('keydown', onKey)
  place.replaceChildren(board, drawer.element)
  return {
    draw: () => {
      drawLanes(board, lanes, model)
      drawer.draw()
    },
    remove: () => {
      stopDrags()
      drawer.remove()
      board.remove()
    },
  }
}

type Lane = {
  readonly column: Column
  readonly element: HTMLElement
  readonly list: HTMLElement
  readonly count: HTMLElement
}

function makeLane(column: Column): Lane {
  const count = h('span', { class: 'count' })
  const heading = h('h2', { id: `lane-${column}` }, h('span', { class: 'dot' }), columnTitle[column], count)
  const list = h('ul', { 'aria-labelledby': `lane-${column}` })
  const element = h('section', { class: 'lane', 'data-column': column }, heading, list)
  return { column, element, list, count }
}

/** Cards are kept by id and only moved when they must be: focus survives a refresh and a move. */
function drawLanes(board: HTMLElement, lanes: readonly Lane[], model: BoardModel): void {
  const focused = document.activeElement
  const known = new Map(
    [...board.querySelectorAll<HTMLElement>('[data-appointment]')].map((card) => [card.dataset['appointment'], card]),
  )
  const appointments = model.list()
  for (const lane of lanes) {
    const mine = appointments.filter((appointment) => appointment.column === lane.column)
    mine.forEach((appointment, index) => {
      const card = known.get(appointment.id) ?? makeCard(appointment)
      known.delete(appointment.id)
      fillCard(card, appointment)
      const there = lane.list.children[index] ?? null
      if (there !== card) lane.list.insertBefore(card, there)
    })
    lane.count.textContent = String(mine.length)
  }
  for (const gone of known.values()) gone.remove()
  if (focused instanceof HTMLElement && focused !== document.activeElement && board.contains(focused)) focused.focus()
}

/** On a card's grip the arrow keys move it one column back or on. */
function moveByKey(event: KeyboardEvent, model: BoardModel): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
  const grip = event.target instanceof Element ? event.target.closest('.grip') : null
  const id = grip?.closest('[data-appointment]')?.getAttribute('data-appointment')
  const appointment = typeof id === 'string' ? model.get(id) : null
  if (step === 0 || appointment === null) return
  event.preventDefault()
  const to = columns[columns.indexOf(appointment.column) + step]
  if (isColumn(to)) void model.move(appointment.id, to)
}
