import { expect, test } from 'vitest'
import { buildMap, busiest, formatRate, formatShare, troubleShare } from './service-graph'

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

test('of very many services the busiest are shown, with who calls them', () => {
  const service = (id: number, requests: number, called: number[], type?: string) => ({
    ReferenceId: id,
    Name: `s${id}`,
    ...(type && { Type: type }),
    SummaryStatistics: { OkCount: requests },
    Edges: called.map(to => ({ ReferenceId: to })),
  })
  const map = buildMap([
    service(0, 0, [2], 'client'),
    service(1, 0, [3], 'client'),
    service(2, 5, [3, 4]),
    service(3, 1, []),
    service(4, 9, [2]),
  ])
  expect(busiest(map, 3)).toBe(map)
  const { nodes, edges } = busiest(map, 2)
  expect(nodes.map(node => node.name)).toEqual(['s0', 's2', 's4'])
  expect(edges.map(edge => edge.key)).toEqual(['s0|client>s2|', 's2|>s4|', 's4|>s2|'])
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
