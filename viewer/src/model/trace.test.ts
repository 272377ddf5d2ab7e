import { expect, test } from 'vitest'
import type { SegmentDocument } from '../api/documents'
import { buildTrace, type Trace } from './trace'

const traceId = '1-5759e988-bd862e3fe1be46a994272793'

function traceOf(...documents: Partial<SegmentDocument>[]): Trace {
  const Segments = documents.map(document => ({
    Id: document.id ?? '',
    Document: JSON.stringify({
      name: document.id,
      trace_id: traceId,
      start_time: 0,
      end_time: 1,
      ...document,
    }),
  }))
  return buildTrace({ Id: traceId, Segments })
}

const outline = (trace: Trace) => trace.entities.map(entity => `${' '.repeat(entity.depth)}${entity.name}`)

const call = (id: string, start_time: number, end_time: number) => ({ id, name: id, start_time, end_time })

test('a segment hangs below the subsegment that caused it, children in order of start', () => {
  const trace = traceOf(
    { id: 'stock', parent_id: 'GET stock', start_time: 0.4, end_time: 0.6 },
    { id: 'shop', subsegments: [call('GET stock', 0.3, 0.7), call('SELECT', 0.1, 0.2)] },
  )
  expect(outline(trace)).toEqual(['shop', ' SELECT', ' GET stock', '  stock'])
  expect(trace.entities.map(entity => entity.descendants)).toEqual([3, 0, 1, 0])
  expect(trace.entities.map(entity => entity.service)).toEqual(['shop', 'shop', 'shop', 'stock'])
  expect(trace.isPartial).toBe(false)
})

test('a streamed subsegment finds its parent', () => {
  const trace = traceOf({ id: 'shop' }, { id: 'late', type: 'subsegment', parent_id: 'shop' })
  expect(outline(trace)).toEqual(['shop', ' late'])
  expect(trace.entities[1]).toMatchObject({ isSegment: false, service: 'shop' })
})

test('a missing parent makes a root that is marked', () => {
  const trace = traceOf({ id: 'stock', parent_id: 'gone' })
  expect(trace.entities[0]).toMatchObject({ orphan: true, parent: -1 })
  expect(trace.isPartial).toBe(true)
})

test('a segment inferred from a call is part of the call, or a row of its own on demand', () => {
  const raw = {
    Id: traceId,
    Segments: [
      { id: 'shop', name: 'shop', subsegments: [call('DynamoDB', 0.1, 0.2)] },
      { id: 'table', name: 'orders', parent_id: 'DynamoDB', inferred: true, origin: 'AWS::DynamoDB::Table' },
      { id: 'lost', name: 'lost', parent_id: 'gone', inferred: true },
    ].map(document => ({
      Id: document.id,
      Document: JSON.stringify({ start_time: 0, end_time: 1, ...document }),
    })),
  }
  const trace = buildTrace(raw)
  expect(outline(trace)).toEqual(['shop', ' DynamoDB', 'lost'])
  expect(trace.entities[1]!.called).toMatchObject({ name: 'orders', origin: 'AWS::DynamoDB::Table' })
  expect(outline(buildTrace(raw, true))).toEqual(['shop', ' DynamoDB', '  orders', 'lost'])
})

test('what is in progress lasts until the last known moment', () => {
  const trace = traceOf(
    { id: 'a', end_time: 7 },
    { id: 'b', start_time: 2, end_time: undefined, in_progress: true },
  )
  expect(trace.entities[1]).toMatchObject({ inProgress: true, end: 7 })
  expect(trace.isPartial).toBe(true)
})

test('parents in a circle still show everything once', () => {
  const trace = traceOf(
    { id: 'a', parent_id: 'b', subsegments: [call('x', 0, 1)] },
    { id: 'b', parent_id: 'x', subsegments: [call('y', 0, 1)] },
  )
  expect(trace.entities.map(entity => entity.name).sort()).toEqual(['a', 'b', 'x', 'y'])
})

test('nesting deeper than any call stack is laid out', () => {
  const documents = Array.from({ length: 20_000 }, (_, at) => ({
    id: `n${at}`,
    ...(at > 0 ? { parent_id: `n${at - 1}` } : {}),
  }))
  const trace = traceOf(...documents)
  expect(trace.entities).toHaveLength(20_000)
  expect(trace.entities.at(-1)!.depth).toBe(19_999)
})
