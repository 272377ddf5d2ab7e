import { expect, test } from 'vitest'
import { allOpen, search, toggle, visibleRows } from './rows'
import { buildTrace } from './trace'

const leaf = (id: string, more = {}) => ({ id, name: id, start_time: 0, end_time: 1, ...more })

const trace = buildTrace({
  Id: 't',
  Segments: [
    {
      Id: 'root',
      Document: JSON.stringify(
        leaf('root', {
          subsegments: [
            leaf('cart', {
              subsegments: [leaf('SELECT', { sql: { sanitized_query: 'SELECT price FROM items' } })],
            }),
            leaf('mail', { annotations: { customer: 'Ada' } }),
          ],
        }),
      ),
    },
  ],
})

const names = (...args: Parameters<typeof visibleRows>) => visibleRows(...args).map(row => row.name)

test('everything is open at first', () => {
  expect(names(trace, allOpen)).toEqual(['root', 'cart', 'SELECT', 'mail'])
})

test('a level folds what is as deep, except what was opened by hand', () => {
  const folded = { level: 1, toggled: new Set<string>() }
  expect(names(trace, folded)).toEqual(['root', 'cart', 'mail'])
  expect(names(trace, toggle(folded, 'cart'))).toEqual(['root', 'cart', 'SELECT', 'mail'])
  expect(names(trace, toggle(allOpen, 'root'))).toEqual(['root'])
})

test('a search shows matches with what encloses them, folded or not', () => {
  expect(names(trace, { level: 0, toggled: new Set() }, search(trace, 'FROM items'))).toEqual([
    'root',
    'cart',
    'SELECT',
  ])
  expect(names(trace, allOpen, search(trace, 'ada'))).toEqual(['root', 'mail'])
  expect(names(trace, allOpen, search(trace, 'nothing such'))).toEqual([])
  expect(search(trace, '  ')).toBeUndefined()
})
