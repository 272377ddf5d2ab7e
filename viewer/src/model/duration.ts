const thin = '\u2009'

/** A duration in the unit that suits it: `870 µs`, `12.4 ms`, `1.25 s`, `3 m 20 s`, `1 h 05 m`. */
export function formatDuration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–'
  const size = Math.abs(seconds)
  if (size === 0) return `0${thin}ms`
  if (size < 0.0009995) return `${significant(seconds * 1e6)}${thin}µs`
  if (size < 0.9995) return `${significant(seconds * 1e3)}${thin}ms`
  if (size < 59.95) return `${significant(seconds)}${thin}s`
  const whole = Math.round(size)
  const sign = seconds < 0 ? '-' : ''
  if (whole < 3600) return `${sign}${Math.floor(whole / 60)}${thin}m ${pad(whole % 60)}${thin}s`
  return `${sign}${Math.floor(whole / 3600)}${thin}h ${pad(Math.floor((whole % 3600) / 60))}${thin}m`
}

/** A difference of durations, always with its sign. */
export function formatDelta(seconds: number): string {
  return seconds > 0 ? `+${formatDuration(seconds)}` : formatDuration(seconds).replace('-', '\u2212')
}

/** A duration as a filter expression spells it: seconds, no more digits than it needs. */
export function filterSeconds(seconds: number): string {
  return String(Number(seconds.toPrecision(4)))
}

/** At most three digits that say something. */
function significant(value: number): string {
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}

function pad(value: number): string {
  return String(value).padStart(2, '0')
}
