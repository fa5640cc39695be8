import { z } from 'zod'
import { Duration } from '../../core/fields.ts'
import { Text } from './names.ts'

const MatrixRow = z.strictObject({
  issue: Text.describe('what is seen'),
  severity: Text.describe('how bad it is'),
  action: Text.describe('what is decided'),
  command: Text.describe('the command that does it'),
  onFail: z
    .enum(['emergency', 'full', 'hold', 'observe'])
    .optional()
    .describe('what the checks of this row do when they fail; default emergency'),
  persist: z
    .int()
    .min(1)
    .optional()
    .describe('with onFail: hold, after how many failing ticks in a row the hold becomes an emergency'),
  checks: z.array(Text).default([]).describe('checks this row decides for: id, or list/id'),
})

export const Rollback = z.strictObject({
  budget: z
    .strictObject({
      emergency: Duration.default(30_000).describe('from the command to the confirmed flag; default 30s'),
      full: Duration.default(180_000).describe('from the command to the verified files; default 3m'),
    })
    .default({ emergency: 30_000, full: 180_000 })
    .describe('times a rollback has to keep; a breach is reported and paged'),
  matrix: z.array(MatrixRow).default([]).describe('the rollback decision matrix'),
})
