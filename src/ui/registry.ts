import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { jsonl } from './jsonl.ts'
import { live } from './live.ts'
import { plain } from './plain.ts'
import { quiet } from './quiet.ts'
import type { ReporterKind } from './reporter.ts'

/** Every reporter: one file each, one line here. */
export const reporterKinds = [plain, live, github, gitlab, jsonl, quiet] as const

export type ReporterName = (typeof reporterKinds)[number]['name']

export function reporterKind(name: ReporterName): ReporterKind {
  const kind = reporterKinds.find((candidate) => candidate.name === name)
  if (!kind) throw new Error(`no reporter "${name}"`)
  return kind
}
