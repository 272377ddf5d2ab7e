const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** A size in the unit that suits it, powers of 1000. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${Number(value.toFixed(value >= 100 || power === 0 ? 0 : 1))}\u2009${units[power]}`
}
