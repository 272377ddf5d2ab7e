import type { Trace } from './trace'

/** A stretch of time in which the trace waited for this entity itself, not for a child of it. */
export interface CriticalStretch {
  index: number
  start: number
  end: number
}

/**
 * What the first root's duration consists of: from its end backwards, always into the child that
 * ended last. Making any stretch shorter would have made the trace shorter; children that ran
 * beside a later one do not count.
 */
export function criticalPath(trace: Trace): CriticalStretch[] {
  const first = trace.roots[0]
  if (first === undefined) return []
  const stretches: CriticalStretch[] = []
  const root = trace.entities[first]!
  const waiting = [{ index: first, start: root.start, end: root.end }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    let { end } = next
    for (const child of childrenByEnd(trace, next.index)) {
      const { start: childStart, end: childEnd } = trace.entities[child]!
      const start = Math.max(childStart, next.start)
      const until = Math.min(childEnd, end)
      // A child that goes on after its parent, or began after `end`, was not waited for.
      if (start >= until || childEnd > end + overlapAllowed(end - next.start)) continue
      if (until < end) stretches.push({ index: next.index, start: until, end })
      waiting.push({ index: child, start, end: until })
      end = start
      if (end <= next.start) break
    }
    if (end > next.start) stretches.push({ index: next.index, start: next.start, end })
  }
  return stretches.sort((a, b) => a.start - b.start)
}

/** Clocks of two machines differ a little: that much a child may outlast what waited for it. */
function overlapAllowed(duration: number): number {
  return Math.max(0.001, duration * 0.01)
}

function childrenByEnd(trace: Trace, index: number): number[] {
  return trace.entities[index]!.children.toSorted((a, b) => trace.entities[b]!.end - trace.entities[a]!.end)
}

/** The path by entity, for the rows of the waterfall. */
export class CriticalIndex {
  #byEntity: CriticalStretch[]

  constructor(trace: Trace) {
    this.#byEntity = criticalPath(trace).sort((a, b) => a.index - b.index || a.start - b.start)
  }

  /**
   * What of the path lies in a row; a folded one stands for everything below it. Stretches with less
   * than `gap` seconds between them become one: nobody could tell them apart.
   */
  in(index: number, descendants: number, gap: number): { start: number; end: number }[] {
    const joined: { start: number; end: number }[] = []
    let at = this.#firstOf(index)
    const found: CriticalStretch[] = []
    for (; at < this.#byEntity.length && this.#byEntity[at]!.index <= index + descendants; at++) {
      found.push(this.#byEntity[at]!)
    }
    for (const { start, end } of found.sort((a, b) => a.start - b.start)) {
      const last = joined.at(-1)
      if (last && start - last.end <= gap) last.end = Math.max(last.end, end)
      else joined.push({ start, end })
    }
    return joined
  }

  #firstOf(index: number): number {
    let low = 0
    let high = this.#byEntity.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#byEntity[middle]!.index < index) low = middle + 1
      else high = middle
    }
    return low
  }
}
