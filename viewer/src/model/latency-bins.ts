/** A histogram with bins of equal width on a logarithmic scale. */
export interface LatencyBins {
  counts: number[]
  /** Bounds in seconds, one more than there are bins. */
  edges: number[]
}

const shortest = 1e-5

/** Sorts latencies into `count` bins from the smallest to the largest. */
export function latencyBins(values: { Value: number; Count: number }[], count: number): LatencyBins {
  const sizes = values.filter(({ Count }) => Count > 0).map(({ Value }) => Math.max(shortest, Value))
  if (sizes.length === 0) return { counts: [], edges: [] }
  const low = Math.log10(sizes.reduce((a, b) => Math.min(a, b))) - 0.02
  const high = Math.log10(sizes.reduce((a, b) => Math.max(a, b))) + 0.02
  const width = (Math.max(high, low + 0.5) - low) / count
  const counts = new Array<number>(count).fill(0)
  for (const { Value, Count } of values) {
    const place = Math.floor((Math.log10(Math.max(shortest, Value)) - low) / width)
    const bin = Math.min(count - 1, Math.max(0, place))
    counts[bin] = counts[bin]! + Count
  }
  return { counts, edges: Array.from({ length: count + 1 }, (_, at) => 10 ** (low + at * width)) }
}

/** The latency that a share of all requests stays below, in seconds. */
export function percentile(values: { Value: number; Count: number }[], share: number): number | undefined {
  const sorted = values.filter(({ Count }) => Count > 0).toSorted((a, b) => a.Value - b.Value)
  const total = sorted.reduce((sum, { Count }) => sum + Count, 0)
  let seen = 0
  for (const { Value, Count } of sorted) {
    seen += Count
    if (seen >= total * share) return Value
  }
  return undefined
}
