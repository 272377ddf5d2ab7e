import { expect, test } from 'vitest'
import { binTimes } from './time-bins'

const at = (Time: number, OkCount: number, FaultCount = 0) => ({
  Time,
  OkCount,
  FaultCount,
  ErrorCount: 0,
  ThrottleCount: 0,
})

test('every request is in a bin, those at the rim too', () => {
  const { edges, series } = binTimes([at(99, 1), at(100, 2), at(149, 3), at(200, 4, 5)], 100, 200, 10)
  expect(edges).toHaveLength(11)
  expect(edges.at(-1)).toBe(200)
  const [ok, , , fault] = series
  expect(ok!.values).toEqual([3, 0, 0, 0, 3, 0, 0, 0, 0, 4])
  expect(fault!.values.at(-1)).toBe(5)
})

test('no finer than the server', () => {
  const times = Array.from({ length: 10 }, (_, slice) => at(100 + slice * 10, 1))
  const { series } = binTimes(times, 100, 200, 80)
  expect(series[0]!.values).toEqual(new Array(10).fill(1))
})
