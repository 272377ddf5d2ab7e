import { expect, test } from 'vitest'
import { filterSeconds, formatDelta, formatDuration } from './duration'

const plain = (text: string) => text.replaceAll('\u2009', ' ')

test.each([
  [0, '0 ms'],
  [0.0000004, '0.4 µs'],
  [0.00087, '870 µs'],
  [0.0009999, '1 ms'],
  [0.01244, '12.4 ms'],
  [0.12345, '123 ms'],
  [0.9999, '1 s'],
  [1.254, '1.25 s'],
  [59.97, '1 m 00 s'],
  [200, '3 m 20 s'],
  [3900, '1 h 05 m'],
  [-0.5, '-500 ms'],
])('%s seconds read as %s', (seconds, text) => {
  expect(plain(formatDuration(seconds))).toBe(text)
})

test('an unknown duration is a dash', () => {
  expect(formatDuration(undefined)).toBe('–')
  expect(formatDuration(Number.NaN)).toBe('–')
})

test('a delta always shows its sign', () => {
  expect(plain(formatDelta(0.02))).toBe('+20 ms')
  expect(plain(formatDelta(-0.02))).toBe('−20 ms')
})

test('a filter gets plain seconds', () => {
  expect(filterSeconds(0.1 + 0.2)).toBe('0.3')
  expect(filterSeconds(12)).toBe('12')
})
