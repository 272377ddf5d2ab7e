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
