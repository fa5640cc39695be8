import { mergeSamples, type Samples } from './statistics.ts'

/** Edges of the CloudWatch agent's bins are the powers of this (amazon-cloudwatch-agent, metric/distribution/seh1). */
const width = Math.log(1.1)

/** Positive values as the middles (geometric) of the bins they lie in: 790 to 868 become 828. Sums move with them. */
export function inBins({ values, counts, sets }: Samples): Samples {
  const parts = values.map((value, at) => ({ values: [middle(value)], counts: [counts[at] ?? 0], sets: null }))
  return mergeSamples([...parts, { values: [], counts: [], sets }])
}

function middle(value: number): number {
  return value > 0 ? Math.exp((Math.floor(Math.log(value) / width) + 0.5) * width) : value
}
