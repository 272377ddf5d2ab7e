import { expect, test } from 'vitest'
import { pan, placeIn, readWindow, ticks, wholeTrace, windowBetween, writeWindow, zoom } from './time-window'

test('zooming keeps the point under the pointer where it is', () => {
  const before = { from: 0.2, to: 0.6 }
  const after = zoom(before, 0.5, 0.3)
  expect(placeIn(after, 0.3)).toBeCloseTo(placeIn(before, 0.3), 12)
  expect(after.to - after.from).toBeCloseTo(0.2, 12)
})

test('neither zooming out nor panning leaves the trace', () => {
  expect(zoom({ from: 0.8, to: 1 }, 100)).toEqual(wholeTrace)
  const end = pan({ from: 0.7, to: 0.9 }, 5)
  expect(end.from).toBeCloseTo(0.8, 12)
  expect(end.to).toBe(1)
})

test('a window survives the address', () => {
  const window = windowBetween(0.75, 0.25)
  expect(readWindow(writeWindow(window)!)).toEqual({ from: 0.25, to: 0.75 })
  expect(writeWindow(wholeTrace)).toBeUndefined()
})

test.each([null, '', 'x~y', '0.5~0.1', '~'])('%j in the address shows the whole trace', text => {
  expect(readWindow(text)).toEqual(wholeTrace)
})

test('ticks are round', () => {
  expect(ticks(0, 0.1, 5)).toEqual([0, 0.02, 0.04, 0.06, 0.08, 0.1])
  expect(ticks(0.031, 0.042, 4).map(at => Number(at.toFixed(4)))).toEqual([0.035, 0.04])
  expect(ticks(1, 1, 4)).toEqual([])
})
