import { expect, test } from 'vitest'
import { buildMap, formatRate, formatShare, troubleShare } from './service-graph'

test('nodes and edges with how their requests ended', () => {
  const { nodes, edges } = buildMap([
    { ReferenceId: 0, Name: 'shop', Type: 'client', Edges: [{ ReferenceId: 1 }, { ReferenceId: 9 }] },
    {
      ReferenceId: 1,
      Name: 'shop',
      SummaryStatistics: {
        OkCount: 6,
        ErrorStatistics: { ThrottleCount: 1, OtherCount: 1, TotalCount: 2 },
        FaultStatistics: { OtherCount: 2, TotalCount: 2 },
        TotalCount: 10,
        TotalResponseTime: 5,
      },
    },
  ])
  expect(nodes.map(node => node.key)).toEqual(['shop|client', 'shop|'])
  expect(nodes[0]!.isClient).toBe(true)
  expect(nodes[1]!.outcomes).toEqual({ ok: 6, error: 1, throttle: 1, fault: 2, total: 10, mean: 0.5 })
  expect(troubleShare(nodes[1]!.outcomes)).toBeCloseTo(0.4)
  expect(edges.map(edge => edge.key)).toEqual(['shop|client>shop|'])
})

test.each([
  [7200, 3600, '2/s'],
  [60, 3600, '1/min'],
  [450, 3600, '7.5/min'],
  [2, 3600, '2/h'],
  [0, 3600, '0/h'],
  [1_234_000, 1000, '1,230/s'],
])('%d in %d s are %s', (count, seconds, text) => {
  expect(formatRate(count, seconds)).toBe(text)
})

test.each([
  [0, '0%'],
  [0.00004, '<0.1%'],
  [0.0123, '1.2%'],
  [0.456, '46%'],
  [1, '100%'],
])('%d is %s', (share, text) => {
  expect(formatShare(share)).toBe(text)
})
