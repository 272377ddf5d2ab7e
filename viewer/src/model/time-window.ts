/** The part of a trace that the waterfall shows, as shares of its duration: 0 to 1 is all of it. */
export interface TimeWindow {
  from: number
  to: number
}

export const wholeTrace: TimeWindow = { from: 0, to: 1 }

/** Closer than this the bars say nothing any more. */
const narrowest = 1e-6

export function isWhole({ from, to }: TimeWindow): boolean {
  return from <= 0 && to >= 1
}

/** Zooms by a factor (below 1 is closer) around a point that stays where it is. */
export function zoom(window: TimeWindow, factor: number, around = (window.from + window.to) / 2): TimeWindow {
  const width = Math.min(1, Math.max(narrowest, (window.to - window.from) * factor))
  const share = (around - window.from) / (window.to - window.from)
  return inside(around - width * share, width)
}

/** Moves by a share of what is shown. */
export function pan(window: TimeWindow, share: number): TimeWindow {
  const width = window.to - window.from
  return inside(window.from + width * share, width)
}

/** The window between two points in any order. */
export function windowBetween(a: number, b: number): TimeWindow {
  const from = Math.min(a, b)
  return inside(from, Math.max(narrowest, Math.abs(a - b)))
}

/** Where a moment of the trace stands in the window, 0 to 1 when it is visible. */
export function placeIn(window: TimeWindow, moment: number): number {
  return (moment - window.from) / (window.to - window.from)
}

/** The window as an address holds it; the whole trace is not written down. */
export function writeWindow(window: TimeWindow): string | undefined {
  if (isWhole(window)) return undefined
  return `${Number(window.from.toFixed(7))}~${Number(window.to.toFixed(7))}`
}

export function readWindow(text: string | null): TimeWindow {
  const [from, to] = (text ?? '').split('~').map(Number)
  if (from === undefined || to === undefined || !(from < to)) return wholeTrace
  return windowBetween(from, to)
}

/** Round moments to label on a ruler from `start` to `end`, about `count` of them. */
export function ticks(start: number, end: number, count: number): number[] {
  const raw = (end - start) / Math.max(1, count)
  if (!(raw > 0)) return []
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = ([1, 2, 5, 10].find(factor => factor * power >= raw) ?? 10) * power
  const first = Math.ceil(start / step - 1e-9)
  const last = Math.floor(end / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step)
}

function inside(from: number, width: number): TimeWindow {
  const bounded = Math.min(width, 1)
  const start = Math.min(Math.max(0, from), 1 - bounded)
  return { from: start, to: start + bounded }
}
