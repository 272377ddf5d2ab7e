import type { Distribution } from '../api/summaries'

const kinds = [
  { label: 'ok', colour: '--bar', key: 'OkCount' },
  { label: 'error', colour: '--error', key: 'ErrorCount' },
  { label: 'throttled', colour: '--throttle', key: 'ThrottleCount' },
  { label: 'fault', colour: '--fault', key: 'FaultCount' },
] as const

/**
 * Requests over time, sorted into at most `most` bins of equal width from `start` to `end`; no more
 * than the server told apart, or every other bin would be empty.
 */
export function binTimes(times: Distribution['Times'], start: number, end: number, most: number) {
  const count = Math.min(most, Math.max(1, Math.floor((end - start) / narrowest(times) + 1e-6)))
  const width = (end - start) / count
  const edges = Array.from({ length: count + 1 }, (_, at) => start + at * width)
  const series = kinds.map(({ label, colour, key }) => {
    const values = new Array<number>(count).fill(0)
    for (const time of times) {
      const bin = Math.min(count - 1, Math.max(0, Math.floor((time.Time - start) / width)))
      values[bin] = values[bin]! + time[key]
    }
    return { label, colour, values }
  })
  return { edges, series }
}

function narrowest(times: Distribution['Times']): number {
  let step = Number.POSITIVE_INFINITY
  for (let at = 1; at < times.length; at++) step = Math.min(step, times[at]!.Time - times[at - 1]!.Time)
  return Number.isFinite(step) ? step : Number.MIN_VALUE
}
