import { expect, test } from 'vitest'
import type { EntityDocument } from '../api/documents'
import { compareTraces } from './compare'
import { buildTrace } from './trace'

let number = 0
const call = (
  name: string,
  start: number,
  end: number,
  subsegments: EntityDocument[] = [],
): EntityDocument => ({
  id: `${number++}`,
  name,
  start_time: start,
  end_time: end,
  subsegments,
})

const traceOf = (root: EntityDocument) =>
  buildTrace({ Id: 't', Segments: [{ Id: root.id, Document: JSON.stringify(root) }] })

test('aligns by name path and ordinal, keeps what only one has', () => {
  const a = traceOf(call('shop', 0, 5, [call('SELECT', 0, 1), call('SELECT', 1, 2), call('mail', 3, 4)]))
  const b = traceOf(call('shop', 0, 9, [call('SELECT', 0, 3), call('cache', 3, 4), call('SELECT', 4, 5)]))
  const rows = compareTraces(a, b).map(
    row => `${row.path} ${row.a ? 'a' : '-'}${row.b ? 'b' : '-'} ${row.delta}`,
  )
  expect(rows).toEqual([
    '/shop#1 ab 4',
    '/shop#1/SELECT#1 ab 2',
    '/shop#1/cache#1 -b 1',
    '/shop#1/SELECT#2 ab 0',
    '/shop#1/mail#1 a- -1',
  ])
})

test('ten thousand calls of one name are aligned in no time', () => {
  const many = (length: number) =>
    traceOf(
      call(
        'shop',
        0,
        1,
        Array.from({ length }, () => call('SELECT', 0, 1)),
      ),
    )
  const rows = compareTraces(many(10_000), many(9_000))
  expect(rows).toHaveLength(10_001)
  expect(rows.filter(row => !row.b)).toHaveLength(1_000)
})
