import { auto } from './auto.ts'
import type { Command } from './command.ts'

/** Every command: one file each, one line here. Help, completion and docs read this list. */
export const commands: readonly Command[] = [auto]
