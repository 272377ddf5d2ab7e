import { expect, test } from 'vitest'
import { parseTraceId, toW3c } from './trace-id'

const id = '1-5759e988-bd862e3fe1be46a994272793'

test.each([
  id,
  id.toUpperCase(),
  `  ${id}\n`,
  '5759e988bd862e3fe1be46a994272793',
  '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
  `Root=${id};Parent=53995c3f42cd8ad8;Sampled=1`,
  `Self=1-67891234-12456789abcdef012345678;Root=${id}`,
])('finds the id in %j', text => {
  expect(parseTraceId(text)).toBe(id)
})

test.each(['', 'service("shop")', '1-5759e988-bd862e3fe1be46a99427279', 'zz59e988bd862e3fe1be46a994272793'])(
  'finds none in %j',
  text => {
    expect(parseTraceId(text)).toBeUndefined()
  },
)

test('spells it the W3C way', () => {
  expect(toW3c(id)).toBe('5759e988bd862e3fe1be46a994272793')
})
