import { byStart, type Appointment, type Column } from './appointment.ts'

/** What came of a change that was sent to the server. */
export type PutAnswer =
  | { readonly type: 'saved'; readonly appointment: Appointment }
  | { readonly type: 'conflict'; readonly current: Appointment }
  | { readonly type: 'gone' }
  | { readonly type: 'failed' }

export type MoveOutcome =
  | { readonly type: 'saved'; readonly appointment: Appointment }
  | { readonly type: 'conflict'; readonly wanted: Column; readonly current: Appointment }
  | { readonly type: 'gone'; readonly appointment: Appointment }
  | { readonly type: 'failed'; readonly wanted: Column; readonly appointment: Appointment }

type Put = (id: string, change: { readonly column: Column; readonly version: number }) => Promise<PutAnswer>
type Card = {
  /** As the server last said. */
  confirmed: Appointment
  /** Where the user wants it, while the server has not agreed yet. */
  wanted: Column | null
  sending: boolean
}

/**
 * The board's truth. A move shows at once and is sent with the version it was made on; changes of one card go one after
 * the other. Where the server disagrees, the card stands where the server says and `onOutcome` tells.
 */
export class BoardModel {
  readonly #cards = new Map<string, Card>()
  readonly #put: Put
  readonly #onChange: () => void
  readonly #onOutcome: (outcome: MoveOutcome) => void

  constructor(put: Put, onChange: () => void, onOutcome: (outcome: MoveOutcome) => void) {
    this.#put = put
    this.#onChange = onChange
    this.#onOutcome = onOutcome
  }

  /** Appointments as the user should see them, earliest first. */
  list(): readonly Appointment[] {
    return [...this.#cards.values()].map(shown).sort(byStart)
  }

  get(id: string): Appointment | null {
    const card = this.#cards.get(id)
    return card === undefined ? null : shown(card)
  }

  /** Takes over what the server lists; a change still on its way is not overwritten. */
  receive(appointments: readonly Appointment[]): void {
    const listed = new Set(appointments.map((appointment) => appointment.id))
    for (const [id, card] of this.#cards) if (!listed.has(id) && !card.sending) this.#cards.delete(id)
    for (const appointment of appointments) {
      const card = this.#cards.get(appointment.id)
      if (card === undefined) this.#cards.set(appointment.id, { confirmed: appointment, wanted: null, sending: false })
      else if (!card.sending && appointment.version >= card.confirmed.version) card.confirmed = appointment
    }
    this.#onChange()
  }

  /** Settles when the server has answered for this card's last wish. */
  async move(id: string, to: Column): Promise<void> {
    const card = this.#cards.get(id)
    if (card === undefined || shown(card).column === to) return
    card.wanted = to
    this.#onChange()
    if (!card.sending) await this.#send(card)
  }

  async #send(card: Card): Promise<void> {
    card.sending = true
    while (card.wanted !== null && card.wanted !== card.confirmed.column) {
      const wanted = card.wanted
      const answer = await this.#put(card.confirmed.id, { column: wanted, version: card.confirmed.version })
      const outcome = this.#settle(card, wanted, answer)
      this.#onChange()
      this.#onOutcome(outcome)
    }
    card.wanted = null
    card.sending = false
  }

  #settle(card: Card, wanted: Column, answer: PutAnswer): MoveOutcome {
    switch (answer.type) {
      case 'saved':
        card.confirmed = answer.appointment
        return { type: 'saved', appointment: answer.appointment }
      case 'conflict':
        card.confirmed = answer.current
        card.wanted = null
        return { type: 'conflict', wanted, current: answer.current }
      case 'gone':
        card.wanted = null
        this.#cards.delete(card.confirmed.id)
        return { type: 'gone', appointment: card.confirmed }
      case 'failed':
        card.wanted = null
        return { type: 'failed', wanted, appointment: card.confirmed }
    }
  }
}

function shown(card: Card): Appointment {
  return card.wanted === null ? card.confirmed : { ...card.confirmed, column: card.wanted }
}
