import { auto } from './auto.ts'
import { interactive } from './interactive.ts'
import { validate } from './validate.ts'
import { build } from './build.ts'
import { deploy } from './deploy.ts'
import { canaryStart } from './canary-start.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { monitor } from './monitor.ts'
import { canaryWatch } from './canary-watch.ts'
import { rollbackEmergency } from './rollback-emergency.ts'
import { rollbackFull } from './rollback-full.ts'
import { rollbackValidate } from './rollback-validate.ts'
import { canaryAbort, canaryPause, canaryPromote, canaryResume } from './canary-ask.ts'
import type { Command } from './command.ts'

/** Every command: one file each, one line here. Help, completion and docs read this list. */
export const commands: readonly Command[] = [
  interactive,
  auto,
  validate,
  build,
  deploy,
  canaryStart,
  resume,
  retry,
  monitor,
  canaryWatch,
  canaryPause,
  canaryResume,
  canaryPromote,
  canaryAbort,
  rollbackEmergency,
  rollbackFull,
  rollbackValidate,
]
