import { h, landmark } from './dom.ts'

const STATUS_MS = 4000

/** Everything outside an open dialog is out of reach, messages too: they live inside it while it is open. */
export function hostMessages(place: HTMLElement): void {
  place.append(landmark('alerts'), landmark('status'))
}

/** Something the user must know, read out at once and kept until dismissed. */
export function alertUser(title: string, text: string): void {
  const dismiss = h('button', { type: 'button', class: 'quiet' }, 'Dismiss')
  const note = h('div', { class: 'toast alert' }, h('div', {}, h('strong', {}, title), h('p', {}, text)), dismiss)
  dismiss.addEventListener('click', () => note.remove())
  landmark('alerts').replaceChildren(note)
}

/** Something that went as asked: read out when the reader pauses, gone by itself. */
export function tellUser(text: string): void {
  const note = h('div', { class: 'toast' }, text)
  landmark('status').replaceChildren(note)
  setTimeout(() => note.remove(), STATUS_MS)
}
