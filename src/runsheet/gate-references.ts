import type { CheckSpec } from '../core/check.ts'
import { checkKind } from '../gates/registry.ts'
import type { Diagnostic } from './diagnostics.ts'
import { checkIds } from './check-ids.ts'
import { metricsOf } from './check-subject.ts'
import { cycles } from './gate-cycles.ts'
import { sizeProblems } from './gate-sizes.ts'
import type { Salvage } from './salvage.ts'
import { isUse, type GateItem } from './sections/gates.ts'
import { unknownName } from './unknown-name.ts'
import type { YamlSource } from './yaml-source.ts'

/** CloudWatch names of metrics in milliseconds: a limit without a unit is a slip there. */
const durationName = /(?:Ms|Millis|Milliseconds|Latency|Duration|ResponseTime|LoadTime)$/

/** Checks that name metrics, lists or roles which do not exist, lists that lead back to themselves or multiply, ids given twice. */
export function gateProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const inItems = parts.gates.flatMap((gate) =>
    gate.item.flatMap(({ index, item }) => itemProblems(item, gate.name, index, parts, source)),
  )
  const circular = cycles(parts, source)
  return [
    ...inItems,
    ...parts.gates.flatMap((gate) => duplicateIds(gate.name, gate.item, source)),
    ...(circular.length > 0 ? circular : sizeProblems(parts, source)),
    // A check is named after what it judges: one that is broken would be missed here as well.
    ...(parts.allChecks && inItems.length === 0 ? checkNameProblems(parts, source) : []),
  ]
}

function itemProblems(
  item: GateItem,
  gate: string,
  index: number,
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  const path = ['gates', gate, index]
  if (isUse(item)) {
    return parts.gateIds.includes(item.use)
      ? []
      : [unknownName('list of checks', item.use, parts.gateIds, source.valueAt([...path, 'use']), 'use')]
  }
  const nested = checkKind(item.kind).uses(item)
  const gateMissing = nested !== null && !parts.gateIds.includes(nested)
  return [
    ...metricsOf(item)
      .filter((id) => !parts.metricIds.includes(id))
      .map((id) => unknownName('metric', id, parts.metricIds, source.scalarAt(path, id), fieldOf(item, id))),
    ...(gateMissing
      ? [unknownName('list of checks', nested, parts.gateIds, source.scalarAt(path, nested), fieldOf(item, nested))]
      : []),
    ...roleProblems(item, path, parts, source),
    ...bareDurations(item, path, parts, source),
    ...unsplitMetrics(item, path, parts, source),
  ]
}

/** The field of a check that says this. */
function fieldOf(item: CheckSpec, said: string): string {
  return Object.entries(item).find(([, value]) => value === said)?.[0] ?? item.kind
}

/** A sign-off that is in no list under `approvals:` is asked of nobody and would never come. */
function roleProblems(
  item: CheckSpec,
  path: readonly PropertyKey[],
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  const roles: readonly unknown[] = 'roles' in item && Array.isArray(item.roles) ? item.roles : []
  return roles.flatMap((role, index) =>
    typeof role !== 'string' || parts.roles.includes(role)
      ? []
      : [unknownName('role under approvals:', role, parts.roles, source.valueAt([...path, 'roles', index]), 'roles')],
  )
}

/** A check that compares the versions on a metric that does not tell them apart could never say anything. */
function unsplitMetrics(
  item: CheckSpec,
  path: readonly PropertyKey[],
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  if (!checkKind(item.kind).needsVariants) return []
  const isUnsplit = (id: string) => parts.metrics.some(({ name, item }) => name === id && item.variant === undefined)
  return metricsOf(item)
    .filter(isUnsplit)
    .map((id) => ({
      at: source.scalarAt(path, id),
      label: fieldOf(item, id),
      message: `metric "${id}" does not tell the versions apart`,
      hint: `give it a variant under metrics.${id}, or use a check with a limit`,
    }))
}

/** `below: 800` on a metric of milliseconds: the limit was read as a plain count. */
function bareDurations(
  item: CheckSpec,
  path: readonly PropertyKey[],
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  const timed = metricsOf(item).some((id) =>
    parts.metrics.some(({ name, item }) => name === id && durationName.test(item.name)),
  )
  if (!timed) return []
  return Object.entries(item).flatMap(([field, limit]) =>
    isBareLimit(limit)
      ? [
          {
            at: source.valueAt([...path, field]),
            label: field,
            message: `"${limit.value}" has no unit`,
            hint: `write ${limit.value}ms`,
          },
        ]
      : [],
  )
}

function isBareLimit(limit: unknown): limit is { readonly value: number } {
  return (
    limit !== null &&
    typeof limit === 'object' &&
    'unit' in limit &&
    limit.unit === 'count' &&
    'value' in limit &&
    typeof limit.value === 'number'
  )
}

function duplicateIds(
  gate: string,
  items: Salvage['gates'][number]['item'],
  source: YamlSource,
): readonly Diagnostic[] {
  const given = items.flatMap(({ index, item }) =>
    isUse(item) || item.id === undefined ? [] : [{ index, id: item.id }],
  )
  return given
    .filter(({ id }, place) => given.findIndex((other) => other.id === id) < place)
    .map(({ index, id }) => ({
      at: source.valueAt(['gates', gate, index, 'id']),
      label: 'id',
      message: `"${id}" is the id of an earlier check in this list`,
      hint: 'choose another',
    }))
}

/** Rows of the decision matrix and headlines of the report that name no check. */
function checkNameProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const { ids, titles } = checkIds(parts)
  const rows = (parts.rollback?.matrix ?? []).flatMap((row, rowIndex) =>
    row.checks.map((said, index) => ({ said, path: ['rollback', 'matrix', rowIndex, 'checks', index] })),
  )
  const headlines = (parts.report?.headline ?? []).map((said, index) => ({ said, path: ['report', 'headline', index] }))
  const plain = ids.filter((id) => !id.includes('/'))
  return [...rows, ...headlines]
    .filter(({ said }) => !ids.includes(said) && !titles.includes(said))
    .map(({ said, path }) =>
      unknownName('check', said, said.includes('/') ? ids : plain, source.valueAt(path), String(path.at(-2))),
    )
}
