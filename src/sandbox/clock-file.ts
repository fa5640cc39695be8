import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs'

/** The furthest virtual instant anybody was shown: one number in a file, overwritten in place. */
export class ClockFile {
  readonly #file: number
  #written = 0

  constructor(path: string) {
    this.#file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644)
  }

  read(): number | null {
    const buffer = Buffer.alloc(width)
    const bytes = readSync(this.#file, buffer, 0, width, 0)
    const at = Number(buffer.toString('latin1', 0, bytes))
    return bytes === width && Number.isFinite(at) ? at : null
  }

  write(at: number): void {
    this.#written = at
    writeSync(this.#file, String(Math.ceil(at)).padStart(width, '0'), 0)
  }

  /** Writes ahead by `aheadMs` so that a running clock does not write every time it is read. */
  reserve(at: number, aheadMs: number): void {
    if (at > this.#written) this.write(at + aheadMs)
  }

  close(): void {
    closeSync(this.#file)
  }
}

/** Digits of an instant in the file; fixed, so that one write replaces it whole. */
const width = 16
