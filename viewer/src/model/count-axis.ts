const notation = new Intl.NumberFormat('en', { notation: 'compact' })

/** What may lie between two labels of counts: 1, 2, 5, 10 and so on, up to thousands of millions. */
export const countSteps = Array.from({ length: 10 }, (_, power) =>
  [1, 2, 5].map(digit => digit * 10 ** power),
).flat()

/** A count as a label: 500, 20K, 1.5M. */
export function shortCount(count: number): string {
  return notation.format(count)
}
