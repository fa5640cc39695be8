import { z } from 'zod'
import { defineStep } from '../core/step.ts'

export const report = defineStep({
  kind: 'report',
  about: 'writes the launch report',
  example: 'report',
  spec: z.undefined(),
  changes: () => 'nothing',
  environment: (_spec, phaseEnvironment) => phaseEnvironment,
  plannedMs: () => 0,
  title: () => 'write the launch report',
  perform: async (_spec, { ports }) => {
    const path = await ports.report()
    return { summary: path, output: { report: { path } } }
  },
})
