import { expect, test } from 'vitest'
import { latencyAt, latencyBins, latencyTicks, percentile } from './latency-bins'

const values = [
  { Value: 0.01, Count: 90 },
  { Value: 0.1, Count: 9 },
  { Value: 1, Count: 1 },
]

test('every request is in one bin, and inside of its bounds', () => {
  const { counts, edges } = latencyBins(values, 30)
  expect(counts.reduce((a, b) => a + b)).toBe(100)
  for (const { Value, Count } of values) {
    const bin = edges.findIndex((edge, at) => edge <= Value && Value < edges[at + 1]!)
    expect(counts[bin]).toBe(Count)
  }
})

test('one single latency, or none, is no trouble', () => {
  expect(latencyBins([{ Value: 0, Count: 3 }], 10).counts.reduce((a, b) => a + b)).toBe(3)
  expect(latencyBins([], 10)).toEqual({ counts: [], edges: [] })
})

test('percentiles count requests, not values', () => {
  expect(percentile(values, 0.5)).toBe(0.01)
  expect(percentile(values, 0.95)).toBe(0.1)
  expect(percentile(values, 0.999)).toBe(1)
  expect(percentile([], 0.5)).toBeUndefined()
})

test('labels stand where their latency is', () => {
  const { edges } = latencyBins(values, 30)
  const ticks = latencyTicks(edges)
  expect(ticks.map(tick => tick.label.replace('\u2009', ' '))).toEqual([
    '10 ms',
    '30 ms',
    '100 ms',
    '300 ms',
    '1 s',
  ])
  expect(latencyAt(edges, ticks[2]!.at)).toBeCloseTo(0.1, 9)
  expect(latencyTicks([])).toEqual([])
})
