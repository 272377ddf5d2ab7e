import { expect, test } from 'vitest'
import { countSteps, shortCount } from './count-axis'

test('some step fits any count', () => {
  for (const most of [3, 70, 5_000, 60_000, 300_000, 4_000_000, 2e9]) {
    const labels = countSteps.map(step => Math.floor(most / step))
    expect(labels.some(count => count >= 1 && count <= 3)).toBe(true)
  }
})

test.each([
  [0, '0'],
  [500, '500'],
  [20_000, '20K'],
  [1_500_000, '1.5M'],
])('%d is %s', (count, text) => {
  expect(shortCount(count)).toBe(text)
})
