import { expect, test } from 'vitest'
import type { EntityDocument } from '../api/documents'
import { CriticalIndex, criticalPath } from './critical-path'
import { buildTrace } from './trace'

const call = (name: string, start_time: number, end_time: number, subsegments: EntityDocument[] = []) => ({
  id: name,
  name,
  start_time,
  end_time,
  subsegments,
})

function pathOf(root: EntityDocument): string[] {
  const trace = buildTrace({ Id: 't', Segments: [{ Id: root.id, Document: JSON.stringify(root) }] })
  return criticalPath(trace).map(({ index, start, end }) => `${trace.entities[index]!.name} ${start}-${end}`)
}

test('alternates between a parent and what it waits for', () => {
  expect(pathOf(call('root', 0, 10, [call('a', 1, 3), call('b', 5, 9, [call('c', 6, 7)])]))).toEqual([
    'root 0-1',
    'a 1-3',
    'root 3-5',
    'b 5-6',
    'c 6-7',
    'b 7-9',
    'root 9-10',
  ])
})

test('of children side by side only the one that ends last counts', () => {
  expect(pathOf(call('root', 0, 10, [call('quick', 1, 4), call('slow', 1, 9)]))).toEqual([
    'root 0-1',
    'slow 1-9',
    'root 9-10',
  ])
})

test('work that goes on after its parent was not waited for', () => {
  expect(pathOf(call('root', 0, 10, [call('background', 2, 30), call('a', 1, 9)]))).toEqual([
    'root 0-1',
    'a 1-9',
    'root 9-10',
  ])
})

test('the stretches cover the root without a gap', () => {
  const children = Array.from({ length: 50 }, (_, at) => call(`c${at}`, at / 10, at / 10 + ((at * 7) % 5)))
  const trace = buildTrace({
    Id: 't',
    Segments: [{ Id: 'root', Document: JSON.stringify(call('root', 0, 10, children)) }],
  })
  let at = 0
  for (const stretch of criticalPath(trace)) {
    expect(stretch.start).toBeCloseTo(at, 9)
    at = stretch.end
  }
  expect(at).toBe(10)
})

test('a folded row shows what is on the path below it, joined where gaps cannot be seen', () => {
  const root = call('root', 0, 10, [call('a', 1, 3), call('b', 5, 9, [call('c', 6, 7)])])
  const trace = buildTrace({ Id: 't', Segments: [{ Id: 'root', Document: JSON.stringify(root) }] })
  const index = new CriticalIndex(trace)
  expect(index.in(0, 0, 0)).toEqual([
    { start: 0, end: 1 },
    { start: 3, end: 5 },
    { start: 9, end: 10 },
  ])
  expect(index.in(0, 3, 0)).toEqual([{ start: 0, end: 10 }])
  expect(index.in(0, 0, 2.5)).toEqual([
    { start: 0, end: 5 },
    { start: 9, end: 10 },
  ])
  expect(index.in(2, 0, 0)).toEqual([
    { start: 5, end: 6 },
    { start: 7, end: 9 },
  ])
})
