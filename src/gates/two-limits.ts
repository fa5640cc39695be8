import { formatQuantity } from '../core/quantity.ts'

type Limit = { readonly value: number; readonly unit: string }

/** Why a limit to roll back by is none: of another unit, or not looser than the limit to go on by. */
export function looserProblem(below: Limit, rollbackAt: Limit | undefined): string | null {
  if (rollbackAt === undefined) return null
  if (rollbackAt.unit !== below.unit) return 'rollbackAt and below are of different units'
  return rollbackAt.value > below.value
    ? null
    : `rollbackAt ${formatQuantity(rollbackAt.value, rollbackAt.unit)} is not looser than below ${formatQuantity(below.value, below.unit)}`
}

/** What a title says of it behind the limit. */
export function rollbackText(rollbackAt: Limit | undefined): string {
  return rollbackAt === undefined ? '' : `, rolled back at ${formatQuantity(rollbackAt.value, rollbackAt.unit)}`
}
