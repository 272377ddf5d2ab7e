/** The time that a page looks at: up to now, or between two moments (seconds since the epoch). */
export type TimeRange = { kind: 'last'; seconds: number } | { kind: 'absolute'; start: number; end: number }

export const presets: { seconds: number; label: string }[] = [
  { seconds: 300, label: 'Last 5 minutes' },
  { seconds: 900, label: 'Last 15 minutes' },
  { seconds: 3600, label: 'Last hour' },
  { seconds: 3 * 3600, label: 'Last 3 hours' },
  { seconds: 6 * 3600, label: 'Last 6 hours' },
  { seconds: 24 * 3600, label: 'Last 24 hours' },
  { seconds: 7 * 86400, label: 'Last 7 days' },
  { seconds: 30 * 86400, label: 'Last 30 days' },
]

export const defaultRange = { kind: 'last', seconds: 3600 } as const satisfies TimeRange

const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400 }

/** Reads a range from the parameters of an address: `last=15m`, or `from=` and `to=` in ISO 8601. */
export function readRange(parameters: URLSearchParams): TimeRange {
  const last = /^(\d{1,6})([smhd])$/.exec(parameters.get('last') ?? '')
  if (last && Number(last[1]) > 0) return { kind: 'last', seconds: Number(last[1]) * units[last[2]!]! }
  const start = Date.parse(parameters.get('from') ?? '') / 1000
  const end = Date.parse(parameters.get('to') ?? '') / 1000
  return start < end ? { kind: 'absolute', start, end } : defaultRange
}

/** The parameters that stand for a range; none for the default. */
export function writeRange(range: TimeRange): { last?: string; from?: string; to?: string } {
  if (range.kind === 'absolute') return { from: iso(range.start), to: iso(range.end) }
  return range.seconds === defaultRange.seconds ? {} : { last: shortest(range.seconds) }
}

/** The moments that a range stands for. */
export function resolveRange(range: TimeRange, now: number): { start: number; end: number } {
  return range.kind === 'absolute' ? range : { start: now - range.seconds, end: now }
}

/** A range from two moments, wide enough and on the grid that the address keeps. */
export function rangeBetween(start: number, end: number): TimeRange {
  const width = Math.max(0.001, end - start)
  return {
    kind: 'absolute',
    start: Math.floor(start * 1000) / 1000,
    end: Math.ceil((start + width) * 1000) / 1000,
  }
}

export function labelOf(range: TimeRange): string {
  if (range.kind === 'last') {
    return (
      presets.find(preset => preset.seconds === range.seconds)?.label ?? `Last ${shortest(range.seconds)}`
    )
  }
  const sameDay = dayOf(range.start) === dayOf(range.end)
  return `${formatMoment(range.start)} – ${sameDay ? timeOf(range.end) : formatMoment(range.end)}`
}

/** A moment in local time, to the second. */
export function formatMoment(seconds: number): string {
  return `${dayOf(seconds)} ${timeOf(seconds)}`
}

/** A moment in local time, to the millisecond. */
export function formatPrecise(seconds: number): string {
  const milliseconds = String(Math.floor((seconds % 1) * 1000)).padStart(3, '0')
  return `${dayOf(seconds)} ${timeOf(seconds)}.${milliseconds}`
}

export function timeOf(seconds: number): string {
  const at = new Date(seconds * 1000)
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')
}

export function dayOf(seconds: number): string {
  const at = new Date(seconds * 1000)
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}

function shortest(seconds: number): string {
  if (seconds % 86400 === 0 && seconds > 86400) return `${seconds / 86400}d`
  if (seconds % 3600 === 0) return `${seconds / 3600}h`
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
