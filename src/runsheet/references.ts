import type { Diagnostic } from './diagnostics.ts'
import { gateProblems } from './gate-references.ts'
import { phaseProblems } from './phase-references.ts'
import { salvage, type Salvage } from './salvage.ts'
import { scheduleProblems } from './schedule-problems.ts'
import { unknownName } from './unknown-name.ts'
import type { Path, YamlSource } from './yaml-source.ts'

/** Names that lead nowhere and orders that make no sense: everything a schema of single fields cannot see. */
export function referenceProblems(value: unknown, source: YamlSource): readonly Diagnostic[] {
  const parts = salvage(value)
  return [
    ...environmentProblems(parts, source),
    ...metricProblems(parts, source),
    ...gateProblems(parts, source),
    ...phaseProblems(parts, source),
    ...peopleProblems(parts, source),
    ...scheduleProblems(value, source),
  ]
}

function environmentProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  if (parts.environments.length === 0 || parts.environments.includes('production')) return []
  return [
    {
      at: source.keyAt(['environments']),
      label: 'environments',
      message: 'production is missing',
      hint: 'name the environment of your users production',
    },
  ]
}

function metricProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  return parts.metrics.flatMap(({ name, item }): readonly Diagnostic[] => {
    if (item.sparse === undefined) return []
    const heartbeat = item.sparse === true ? 'requests' : item.sparse
    const path: Path = ['metrics', name, 'sparse']
    if (heartbeat === name)
      return [
        {
          at: source.valueAt(path),
          label: 'sparse',
          message: `${name} cannot vouch for itself`,
          hint: 'name a metric that always has data',
        },
      ]
    return parts.metricIds.includes(heartbeat)
      ? []
      : [unknownName('metric', heartbeat, parts.metricIds, source.valueAt(path), 'sparse')]
  })
}

function peopleProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const { report } = parts
  const levels = parts.escalation.flatMap(({ index, item }) =>
    item.channel === undefined || parts.channelIds.includes(item.channel)
      ? []
      : [
          unknownName(
            'channel',
            item.channel,
            parts.channelIds,
            source.valueAt(['escalation', index, 'channel']),
            'channel',
          ),
        ],
  )
  const adoption = report?.adoption
  const announce = (report?.announce ?? []).flatMap((id, index) =>
    parts.channelIds.includes(id)
      ? []
      : [unknownName('channel', id, parts.channelIds, source.valueAt(['report', 'announce', index]), 'announce')],
  )
  const updates =
    parts.updates === null || parts.channelIds.includes(parts.updates)
      ? []
      : [unknownName('channel', parts.updates, parts.channelIds, source.valueAt(['notify', 'updates']), 'updates')]
  const metric =
    adoption === undefined || parts.metricIds.includes(adoption)
      ? []
      : [unknownName('metric', adoption, parts.metricIds, source.valueAt(['report', 'adoption']), 'adoption')]
  return [...levels, ...announce, ...updates, ...metric]
}
