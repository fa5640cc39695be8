import { isColumn, type Column } from '../appointment.ts'

/** Pixels a pointer travels before a press becomes a drag. */
const SLACK_PX = 6
/** Near the top and bottom of the window a drag scrolls the page. */
const EDGE_PX = 56
const SCROLL_PX = 12

type Drag = {
  readonly card: HTMLElement
  readonly pointer: number
  readonly fromX: number
  readonly fromY: number
  ghost: HTMLElement | null
  lane: HTMLElement | null
}

/**
 * Drag and drop with a mouse (anywhere on a card), a finger or a pen (on its grip, so that the page still scrolls).
 * Escape puts the card back. Returns what stops it all.
 */
export function watchDrags(board: HTMLElement, onDrop: (id: string, to: Column) => void): () => void {
  let drag: Drag | null = null
  const listening = new AbortController()
  const { signal } = listening

  const end = (drop: boolean): void => {
    const ended = drag
    drag = null
    if (ended === null || ended.ghost === null) return
    ended.ghost.remove()
    ended.card.classList.remove('lifted')
    ended.lane?.classList.remove('over')
    const to = ended.lane?.dataset['column']
    const id = ended.card.dataset['appointment']
    if (drop && isColumn(to) && id !== undefined) onDrop(id, to)
    swallowClick()
  }
  board.addEventListener(
    'pointerdown',
    (event) => {
      const card = event.target instanceof Element ? event.target.closest<HTMLElement>('.card') : null
      const onGrip = event.target instanceof Element && event.target.closest('.grip') !== null
      if (card === null || drag !== null || event.button !== 0 || (event.pointerType !== 'mouse' && !onGrip)) return
      drag = { card, pointer: event.pointerId, fromX: event.clientX, fromY: event.clientY, ghost: null, lane: null }
    },
    { signal },
  )
  window.addEventListener(
    'pointermove',
    (event) => {
      if (drag === null || event.pointerId !== drag.pointer) return
      if (drag.ghost === null && Math.hypot(event.clientX - drag.fromX, event.clientY - drag.fromY) < SLACK_PX) return
      drag.ghost ??= lift(drag)
      event.preventDefault()
      carry(drag, board, event)
    },
    { signal },
  )
  window.addEventListener('pointerup', (event) => event.pointerId === drag?.pointer && end(true), { signal })
  window.addEventListener('pointercancel', (event) => event.pointerId === drag?.pointer && end(false), { signal })
  window.addEventListener('keydown', (event) => event.key === 'Escape' && end(false), { signal })
  return () => {
    end(false)
    listening.abort()
  }
}

/** The card stays as a shade where it was; a copy goes with the pointer. */
function lift(drag: Drag): HTMLElement {
  const box = drag.card.getBoundingClientRect()
  const ghost = document.createElement('div')
  ghost.className = 'card ghost'
  ghost.setAttribute('aria-hidden', 'true')
  ghost.append(...drag.card.cloneNode(true).childNodes)
  const { borderLeftColor } = getComputedStyle(drag.card)
  Object.assign(ghost.style, { left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, borderLeftColor })
  document.body.append(ghost)
  drag.card.classList.add('lifted')
  return ghost
}

function carry(drag: Drag, board: HTMLElement, event: PointerEvent): void {
  if (drag.ghost !== null)
    drag.ghost.style.transform = `translate(${event.clientX - drag.fromX}px, ${event.clientY - drag.fromY}px) rotate(1.5deg)`
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>('.lane') ?? null
  const lane = under !== null && board.contains(under) ? under : null
  if (lane !== drag.lane) {
    drag.lane?.classList.remove('over')
    lane?.classList.add('over')
    drag.lane = lane
  }
  if (event.clientY < EDGE_PX) window.scrollBy(0, -SCROLL_PX)
  else if (event.clientY > window.innerHeight - EDGE_PX) window.scrollBy(0, SCROLL_PX)
}

/** A drag that ends on the card it began on must not open the drawer too. */
function swallowClick(): void {
  const swallow = (event: Event): void => event.stopPropagation()
  window.addEventListener('click', swallow, { capture: true, once: true })
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0)
}
