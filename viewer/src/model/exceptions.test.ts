import { expect, test } from 'vitest'
import { exceptionsOf, isOwnFrame } from './exceptions'
import { buildTrace } from './trace'

test('a cause that is an id is found where it is written down', () => {
  const document = {
    id: 'root',
    name: 'root',
    start_time: 0,
    end_time: 1,
    cause: 'e1e1e1e1e1e1e1e1',
    subsegments: [
      {
        id: 'deep',
        name: 'deep',
        start_time: 0,
        end_time: 1,
        cause: { exceptions: [{ id: 'e1e1e1e1e1e1e1e1', type: 'Timeout' }] },
      },
    ],
  }
  const trace = buildTrace({ Id: 't', Segments: [{ Id: 'root', Document: JSON.stringify(document) }] })
  const [pointed] = exceptionsOf(trace, trace.entities[0]!)
  expect(pointed).toMatchObject({ document: { type: 'Timeout' }, heldBy: { name: 'deep' } })
  expect(exceptionsOf(trace, trace.entities[1]!)[0]!.heldBy).toBeUndefined()
})

test.each([
  ['/srv/shop/orders.py', true],
  ['src/checkout.ts', true],
  ['/usr/lib/python3.12/site-packages/psycopg/cursor.py', false],
  ['/usr/lib/python3.12/asyncio/base_events.py', false],
  ['/srv/shop/node_modules/express/lib/router.js', false],
  ['node:internal/process', false],
])('%s is the application: %s', (path, own) => {
  expect(isOwnFrame({ path })).toBe(own)
})
