import { expect, test } from 'vitest'
import { timeSlices } from './time-slices'

const at = (Time: number, OkCount: number, FaultCount = 0) => ({
  Time,
  OkCount,
  FaultCount,
  ErrorCount: 0,
  ThrottleCount: 0,
})

test('a bar for each slice, and an edge where the last one ends', () => {
  const { edges, series } = timeSlices([at(100, 1), at(110, 2), at(120, 3, 4)])
  expect(edges).toEqual([100, 110, 120, 130])
  expect(series.map(({ label, values }) => [label, ...values])).toEqual([
    ['ok', 1, 2, 3],
    ['error', 0, 0, 0],
    ['throttled', 0, 0, 0],
    ['fault', 0, 0, 4],
  ])
})

test('one slice, or none, is no trouble', () => {
  expect(timeSlices([at(100, 1)]).edges).toEqual([100, 101])
  expect(timeSlices([]).edges).toEqual([])
})
