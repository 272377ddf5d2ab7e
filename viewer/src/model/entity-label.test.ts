import { expect, test } from 'vitest'
import { whatItDid } from './entity-label'
import { buildTrace } from './trace'

function labelled(more: object): string {
  const document = { id: 'a', name: 'a', start_time: 0, end_time: 1, ...more }
  return whatItDid(
    buildTrace({ Id: 't', Segments: [{ Id: 'a', Document: JSON.stringify(document) }] }).entities[0]!,
  )
}

test.each([
  [{ sql: { sanitized_query: 'SELECT 1', database_type: 'PostgreSQL' } }, 'SELECT 1'],
  [{ sql: { database_type: 'PostgreSQL' } }, 'PostgreSQL'],
  [
    { aws: { operation: 'PutItem', table_name: 'orders' }, http: { response: { status: 200 } } },
    'PutItem orders',
  ],
  [
    { aws: { operation: 'SendMessage', queue_url: 'https://sqs.eu-west-1.amazonaws.com/1/mails' } },
    'SendMessage mails',
  ],
  [{ http: { request: { method: 'GET', url: 'https://shop.example/orders?id=7' } } }, 'GET /orders?id=7'],
  [{ http: { request: { method: 'GET', url: 'http://shop' } } }, 'GET /'],
  [{}, ''],
])('%j reads as %j', (more, label) => {
  expect(labelled(more)).toBe(label)
})
