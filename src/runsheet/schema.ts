import { z } from 'zod'
import { Build, Deploy, Smoke } from './sections/build.ts'
import { Environment } from './sections/environments.ts'
import { Flag } from './sections/flag.ts'
import { Gate } from './sections/gates.ts'
import { Metric } from './sections/metrics.ts'
import { Name, Text } from './sections/names.ts'
import { Notify } from './sections/notify.ts'
import { Approval, Channel, Contact, EscalationLevel } from './sections/people.ts'
import { Phase } from './sections/phases.ts'
import { Report } from './sections/report.ts'
import { Rollback } from './sections/rollback.ts'
import { Freeze, Window } from './sections/schedule.ts'

/** The run sheet as people write it. Parsing fills in defaults and turns quantities into numbers. */
export const RunSheet = z.strictObject({
  runsheet: z.literal(1).describe('version of this format'),
  app: Name.describe('what is launched; part of every launch id'),
  title: Text.optional().describe('how the launch is called in reports'),
  captain: z.string().default('').describe('release captain'),
  window: Window.optional().describe('when production may change; without it, always'),
  freezes: z.array(Freeze).default([]).describe('times in which production may not change'),
  state: z
    .string()
    .regex(/^(?:s3:\/\/|file:)\S+$/, 'write s3://bucket/prefix or file:folder')
    .default('file:.launch')
    .describe('where launches are remembered; default file:.launch'),
  environments: z.record(Name, Environment).describe('places to deploy to; production is one of them'),
  build: Build.optional().describe('how the artifact is made'),
  deploy: Deploy.optional().describe('how releases are checked and kept'),
  smoke: Smoke.optional().describe('the smoke test'),
  flag: Flag.describe('the feature flag of this launch'),
  metrics: z.record(Name, Metric).default({}).describe('CloudWatch metrics by the names the checks use'),
  gates: z.record(Name, Gate).default({}).describe('named lists of checks'),
  phases: z.array(Phase).min(1).describe('parts of the launch, in order'),
  rollback: Rollback.prefault({}).describe('budgets and the decision matrix'),
  approvals: z.array(Approval).default([]).describe('sign-offs a launch needs'),
  contacts: z.array(Contact).default([]).describe('who answers for what'),
  channels: z.record(Name, Channel).default({}).describe('where the launch speaks'),
  escalation: z.array(EscalationLevel).default([]).describe('who is told when it gets worse'),
  notify: Notify.optional().describe('how the channels are spoken to, and who is paged'),
  report: Report.prefault({}).describe('the launch report'),
})
export type RunSheet = z.infer<typeof RunSheet>
