import type { Distribution } from '../api/summaries'

const kinds = [
  { label: 'ok', colour: '--bar', key: 'OkCount' },
  { label: 'error', colour: '--error', key: 'ErrorCount' },
  { label: 'throttled', colour: '--throttle', key: 'ThrottleCount' },
  { label: 'fault', colour: '--fault', key: 'FaultCount' },
] as const

/** Requests over time, sorted into bins of equal width from `start` to `end`. */
export function binTimes(times: Distribution['Times'], start: number, end: number, count: number) {
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
