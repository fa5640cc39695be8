import { auto } from './auto.ts'
import { interactive } from './interactive.ts'
import { validate } from './validate.ts'
import { build } from './build.ts'
import { dashboard } from './dashboard.ts'
import { deploy } from './deploy.ts'
import { canaryStart } from './canary-start.ts'
import { resolve } from './resolve.ts'
import { reap } from './reap.ts'
import { releasesList } from './releases-list.ts'
import { releasesPrune } from './releases-prune.ts'
import { releasesShow } from './releases-show.ts'
import { resume } from './resume.ts'
import { retry } from './retry.ts'
import { monitor } from './monitor.ts'
import { canaryWatch } from './canary-watch.ts'
import { rollbackEmergency } from './rollback-emergency.ts'
import { rollbackFull } from './rollback-full.ts'
import { rollbackValidate } from './rollback-validate.ts'
import { canaryAbort, canaryPause, canaryPromote, canaryResume } from './canary-ask.ts'
import { approve } from './approve.ts'
import { archive } from './archive.ts'
import { backtest } from './backtest.ts'
import { canaryStatus } from './canary-status.ts'
import { completion } from './completion.ts'
import { doctor } from './doctor.ts'
import { explain } from './explain.ts'
import { flagProbe } from './flag-probe.ts'
import { flagShow } from './flag-show.ts'
import { flagSimulate } from './flag-simulate.ts'
import { flagWatch } from './flag-watch.ts'
import { go, noGo } from './go.ts'
import { history } from './history.ts'
import { iamPrint } from './iam-print.ts'
import { init } from './init.ts'
import { issue } from './issue.ts'
import { journalFlush } from './journal-flush.ts'
import { note } from './note.ts'
import { notifyTest } from './notify-test.ts'
import { plan } from './plan.ts'
import { report } from './report.ts'
import { sandboxReset } from './sandbox-reset.ts'
import { sandboxScenarios } from './sandbox-scenarios.ts'
import { sandboxServe } from './sandbox-serve.ts'
import { schema } from './schema.ts'
import { status } from './status.ts'
import { uatBlock } from './uat-block.ts'
import { uatReport } from './uat-report.ts'
import { uatStatus } from './uat-status.ts'
import { uatUnblock } from './uat-unblock.ts'
import { waive } from './waive.ts'
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
  reap,
  journalFlush,
  status,
  plan,
  explain,
  backtest,
  canaryStatus,
  flagShow,
  flagWatch,
  flagProbe,
  flagSimulate,
  uatStatus,
  uatReport,
  history,
  dashboard,
  releasesList,
  releasesShow,
  report,
  approve,
  go,
  noGo,
  uatBlock,
  uatUnblock,
  waive,
  resolve,
  note,
  issue,
  archive,
  releasesPrune,
  init,
  doctor,
  schema,
  completion,
  iamPrint,
  notifyTest,
  sandboxServe,
  sandboxReset,
  sandboxScenarios,
]
