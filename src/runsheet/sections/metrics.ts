import { z } from 'zod'
import { Duration, MetricRef } from '../../core/fields.ts'
import { Text } from './names.ts'

/** A CloudWatch metric by the name the checks use. `${environment}` may stand in its dimensions. */
export const Metric = z.strictObject({
  namespace: Text.describe('CloudWatch namespace'),
  name: Text.describe('CloudWatch metric name'),
  dimensions: z
    .record(z.string().min(1), Text)
    .default({})
    .describe('dimensions all minutes share; ${environment} is filled in'),
  variant: z
    .strictObject({
      dimension: Text.describe('dimension that tells the versions apart'),
      canary: Text.describe('its value for the new version'),
      control: Text.describe('its value for the old version'),
    })
    .optional()
    .describe('how samples of the new version are told from those of the old one'),
  lag: Duration.default(120_000).describe('how late the last samples of a minute may arrive; default 2m'),
  resolution: Duration.refine(
    (ms) => ms === 10_000 || ms === 30_000 || (ms % 60_000 === 0 && ms > 0),
    'use whole minutes, or 10s or 30s for a metric of high resolution',
  )
    .default(60_000)
    .describe('length of one period; default 60s; 10s and 30s need a metric published with high resolution'),
  sparse: z
    .union([z.literal(true), MetricRef])
    .optional()
    .describe('a missing minute is a zero while this metric has data; true means the metric `requests`'),
  region: Text.optional().describe('region to ask when it is not the environment’s (CloudFront metrics: us-east-1)'),
})
