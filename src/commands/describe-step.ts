import type { DescribeStep } from '../ui/words.ts'

/** What every step kind says of its steps: the views know no kind. */
export async function stepWords(): Promise<DescribeStep> {
  const { stepKind } = await import('../steps/registry.ts')
  return (step) => {
    const kind = stepKind(step.kind)
    return {
      title: kind.title(step.spec, step.environment),
      changes: kind.changes(step.spec, step.environment),
      plannedMs: kind.plannedMs(step.spec),
    }
  }
}
