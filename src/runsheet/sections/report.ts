import { z } from 'zod'
import { MetricRef } from '../../core/fields.ts'
import { Name, Text } from './names.ts'

const Folder = Text.refine((path) => !path.startsWith('/') && !path.split(/[\\/]/).includes('..'), {
  error: ({ input }) => `"${String(input)}" leads out of the project; write a folder below the run sheet`,
})

export const Report = z.strictObject({
  path: Folder.default('.launch/reports').describe('folder below the run sheet that reports are written to'),
  adoption: MetricRef.optional().describe('metric that counts what users do with the new version'),
  headline: z.array(Text).default([]).describe('checks shown at the top: id, list/id or title'),
  announce: z.array(Name).default([]).describe('ids of channels that get the release note'),
  nextSteps: z.array(Text).default([]).describe('follow-up actions the report lists'),
})
