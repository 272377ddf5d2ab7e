import { durationOf, type Entity, type Trace } from './trace'

/** Two entities at the same place of two traces; one of them may be missing. */
export interface ComparedRow {
  /** The names from the root to here with their ordinals: the same place has the same path. */
  path: string
  name: string
  depth: number
  a: Entity | undefined
  b: Entity | undefined
  /** How much longer b took, in seconds; what is only in one counts fully. */
  delta: number
}

/**
 * Aligns two traces by name path: the nth child of a name below the same parent is the same call.
 * Rows come in the order of `a`, with what only `b` has after what it follows there.
 */
export function compareTraces(a: Trace, b: Trace): ComparedRow[] {
  const rows: ComparedRow[] = []
  const waiting = pairUp(a, a.roots, b, b.roots, '', 0).reverse()
  for (let row = waiting.pop(); row; row = waiting.pop()) {
    rows.push(row)
    const below = pairUp(a, row.a?.children ?? [], b, row.b?.children ?? [], row.path, row.depth + 1)
    waiting.push(...below.reverse())
  }
  return rows
}

function pairUp(a: Trace, aIndexes: number[], b: Trace, bIndexes: number[], above: string, depth: number) {
  const ofB = byName(b, bIndexes)
  const ofA = byName(a, aIndexes)
  const rows = new Map<string, ComparedRow>()
  let afterB: string[] = []
  const orderOfB = [...ofB.keys()]
  const add = (key: string) => {
    if (!rows.has(key)) rows.set(key, rowOf(key, above, depth, ofA.get(key), ofB.get(key)))
  }
  for (const key of ofA.keys()) {
    const place = orderOfB.indexOf(key)
    if (place >= 0) {
      // What only b has, and has before this, goes before this here too.
      afterB = orderOfB.splice(0, place + 1).filter(other => !ofA.has(other))
      for (const other of afterB) add(other)
    }
    add(key)
  }
  for (const key of orderOfB) add(key)
  return [...rows.values()]
}

function byName(trace: Trace, indexes: number[]): Map<string, Entity> {
  const seen = new Map<string, number>()
  const entities = new Map<string, Entity>()
  for (const index of indexes) {
    const entity = trace.entities[index]!
    const ordinal = (seen.get(entity.name) ?? 0) + 1
    seen.set(entity.name, ordinal)
    entities.set(`${entity.name}#${ordinal}`, entity)
  }
  return entities
}

function rowOf(
  key: string,
  above: string,
  depth: number,
  a: Entity | undefined,
  b: Entity | undefined,
): ComparedRow {
  const delta = (b ? durationOf(b) : 0) - (a ? durationOf(a) : 0)
  return { path: `${above}/${key}`, name: (a ?? b)!.name, depth, a, b, delta }
}
