import { expect, test } from 'vitest'
import { barScale } from './bar-scale'

test('an outlier does not flatten the rest', () => {
  expect(barScale([...new Array(98).fill(0.1), 0.2, 0.2, 3600])).toBe(0.2)
})

test('few values, or none, have a scale too', () => {
  expect(barScale([1, 3])).toBe(3)
  expect(barScale([0])).toBeGreaterThan(0)
  expect(barScale([])).toBeGreaterThan(0)
})
