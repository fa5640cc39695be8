import { z } from 'zod'
import { Duration, GateRef } from '../../core/fields.ts'
import { Name, Text } from './names.ts'
import { StepItem } from './step-item.ts'

/** A part of the launch: steps in order, then the gate that lets the next phase start. */
export const Phase = z.strictObject({
  id: Name.describe('name of the phase, unique in the run sheet'),
  title: Text.optional().describe('how it is called on screen and on the printed sheet'),
  at: z
    .string()
    .regex(/^T[+-]\d+$/, 'write minutes before or after the launch, like T-45')
    .optional()
    .describe('when people planned it, in minutes before or after the launch: T-45'),
  environment: Name.optional().describe(
    'whose metrics and addresses its gate judges; default production, for a phase called staging staging',
  ),
  run: z.array(StepItem).default([]).describe('steps, in order'),
  gate: GateRef.optional().describe('list of checks under gates: that has to pass before the next phase'),
  patience: Duration.default(900_000).describe('how long a gate may be unknown before the launch is held; default 15m'),
  every: Duration.default(30_000).describe('how often the gate is looked at; default 30s'),
  onFail: z
    .enum(['emergency', 'full', 'hold', 'stop'])
    .optional()
    .describe('what a failed gate does; default stop before production has changed, emergency after'),
})
