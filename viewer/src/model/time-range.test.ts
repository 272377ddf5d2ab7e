import { expect, test } from 'vitest'
import { defaultRange, labelOf, rangeBetween, readRange, resolveRange, writeRange } from './time-range'

const read = (text: string) => readRange(new URLSearchParams(text))

test.each([300, 900, 3600, 86400, 7 * 86400, 90])('the last %d seconds survive the address', seconds => {
  const parameters = new URLSearchParams(writeRange({ kind: 'last', seconds }) as Record<string, string>)
  expect(readRange(parameters)).toEqual({ kind: 'last', seconds })
})

test('two moments survive the address to the millisecond', () => {
  const range = rangeBetween(1_700_000_000.123_4, 1_700_000_060.5)
  const parameters = new URLSearchParams(writeRange(range) as Record<string, string>)
  expect(readRange(parameters)).toEqual({ kind: 'absolute', start: 1_700_000_000.123, end: 1_700_000_060.5 })
})

test.each([
  '',
  'last=0m',
  'last=fortnight',
  'from=x&to=y',
  'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z',
])('%j means the default', text => {
  expect(read(text)).toEqual(defaultRange)
})

test('the last minutes end now', () => {
  expect(resolveRange({ kind: 'last', seconds: 60 }, 1000)).toEqual({ start: 940, end: 1000 })
  expect(labelOf({ kind: 'last', seconds: 900 })).toBe('Last 15 minutes')
  expect(labelOf({ kind: 'last', seconds: 90 })).toBe('Last 90s')
})
