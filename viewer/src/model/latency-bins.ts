import { formatDuration } from './duration'

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

/** The latency at a place between the bins: 0 is the first edge, 1.5 the middle of the second bin. */
export function latencyAt(edges: number[], place: number): number {
  const [first = 0, second = 0] = edges
  const exact = first * (second / first) ** place
  return Math.min(edges.at(-1) ?? 0, Math.max(first, exact))
}

/** Round latencies to label, with their place between the bins. */
export function latencyTicks(edges: number[]): { at: number; label: string }[] {
  const [first = 0, second = 0] = edges
  const last = edges.at(-1) ?? 0
  if (first <= 0) return []
  const decades = Math.log10(last / first)
  const steps = decades > 3 ? [1] : decades > 1.4 ? [1, 3] : [1, 2, 5]
  const ticks = []
  for (let power = Math.floor(Math.log10(first)); power <= Math.log10(last); power++) {
    for (const step of steps) {
      const latency = step * 10 ** power
      if (latency < first || latency > last) continue
      ticks.push({ at: Math.log(latency / first) / Math.log(second / first), label: formatDuration(latency) })
    }
  }
  return ticks
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
