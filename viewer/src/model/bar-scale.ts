/** Bars are compared with what all but a few stay below, so that one outlier does not flatten the rest. */
const share = 0.98

/** The value (seconds) that fills a bar; larger ones fill it too. */
export function barScale(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const place = Math.min(sorted.length - 1, Math.floor(sorted.length * share))
  return Math.max(1e-6, sorted[place] ?? 0)
}
