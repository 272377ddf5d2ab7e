import type { Distribution } from '../api/summaries'

const kinds = [
  { label: 'ok', colour: '--bar', key: 'OkCount' },
  { label: 'error', colour: '--error', key: 'ErrorCount' },
  { label: 'throttled', colour: '--throttle', key: 'ThrottleCount' },
  { label: 'fault', colour: '--fault', key: 'FaultCount' },
] as const

/** Requests over time as a chart takes them: the server's slices, which are of equal length. */
export function timeSlices(times: Distribution['Times']) {
  const moments = times.map(({ Time }) => Time)
  const [first, second] = moments
  const length = first !== undefined && second !== undefined ? second - first : 1
  const edges = moments.length > 0 ? [...moments, moments.at(-1)! + length] : []
  const series = kinds.map(({ label, colour, key }) => ({
    label,
    colour,
    values: times.map(time => time[key]),
  }))
  return { edges, series }
}
