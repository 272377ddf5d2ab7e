import { expect, test } from 'vitest'
import { formatBytes } from './bytes'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1 KB'],
  [12_345, '12.3 KB'],
  [123_456_789, '123 MB'],
  [2_000_000_000_000_000, '2000 TB'],
])('%d bytes read as %s', (bytes, text) => {
  expect(formatBytes(bytes).replace('\u2009', ' ')).toBe(text)
})
