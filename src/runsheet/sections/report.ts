import { z } from 'zod'
import { MetricRef } from '../../core/fields.ts'
import { Name, Text } from './names.ts'

export const Report = z.strictObject({
  path: Text.default('.launch/reports').describe('folder reports are written to'),
  adoption: MetricRef.optional().describe('metric that counts what users do with the new version'),
  headline: z.array(Text).default([]).describe('checks shown at the top: id, list/id or title'),
  announce: z.array(Name).default([]).describe('ids of channels that get the release note'),
  nextSteps: z.array(Text).default([]).describe('follow-up actions the report lists'),
})
