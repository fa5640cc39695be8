import type { BoardModel } from './board-model.ts'
import type { Beacon } from './telemetry.ts'

/** One way to show the board. */
export type BoardView = {
  /** Draws what the model holds now. */
  readonly draw: () => void
  /** Takes itself off the page. */
  readonly remove: () => void
}
export type MakeBoardView = (place: HTMLElement, model: BoardModel, beacon: Beacon) => BoardView
