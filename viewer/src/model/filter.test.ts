import { expect, test } from 'vitest'
import { edgeClause, quote, serviceClause, withClause, withDuration } from './filter'

test('strings are quoted', () => {
  expect(quote('say "hi" \\ bye')).toBe('"say \\"hi\\" \\\\ bye"')
  expect(serviceClause('shop')).toBe('service("shop")')
  expect(serviceClause('shop', 'client')).toBe('service(id(name: "shop", type: "client"))')
  expect(edgeClause({ name: 'shop' }, { name: 'stock', type: 'AWS::SQS' })).toBe(
    'edge("shop", id(name: "stock", type: "AWS::SQS"))',
  )
})

test('a clause is added once, and does not change what is there', () => {
  expect(withClause('', 'fault')).toBe('fault')
  expect(withClause('ok', 'fault')).toBe('ok AND fault')
  expect(withClause('ok AND fault', 'fault')).toBe('ok AND fault')
  expect(withClause('error OR fault', 'duration > 1')).toBe('(error OR fault) AND duration > 1')
  expect(withClause('service("OR") { error OR fault }', 'ok')).toBe('service("OR") { error OR fault } AND ok')
})

test('brushing again moves the bounds', () => {
  const first = withDuration('fault', 0.1, 0.25)
  expect(first).toBe('fault AND duration >= 0.1 AND duration < 0.25')
  expect(withDuration(first, 1, 2.5)).toBe('fault AND duration >= 1 AND duration < 2.5')
  expect(withDuration(withDuration('', 1, 2), 3, 4)).toBe('duration >= 3 AND duration < 4')
})
