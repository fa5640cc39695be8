import { epochMs } from '../../src/core/brand.ts'
import type { FlagState } from '../../src/core/flag.ts'

/** A flag as a launch would write it. */
export function flagAt(percent: number, more: Partial<FlagState> = {}): FlagState {
  return {
    key: 'board',
    percent,
    serial: 1_764_612_000_000 + Math.round(percent * 100),
    writeId: `write-${percent}`,
    latched: false,
    acks: [],
    launch: '01JDZX3V5K8M',
    updatedAt: epochMs(Date.UTC(2026, 11, 1, 18, 0, 0)),
    updatedBy: 'ci@example.test',
    reason: 'stage "10%" passed <b>',
    ...more,
  }
}
