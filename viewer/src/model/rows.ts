import type { Entity, Trace } from './trace'

/**
 * Which entities are folded: everything at `level` and deeper, except what was toggled by hand.
 * Small enough for the address however large the trace is.
 */
export interface Folding {
  level: number
  toggled: ReadonlySet<string>
}

export const allOpen: Folding = { level: Number.POSITIVE_INFINITY, toggled: new Set() }

export function isFolded(entity: Entity, folding: Folding): boolean {
  if (entity.children.length === 0) return false
  return entity.depth >= folding.level !== folding.toggled.has(entity.id)
}

/** The entities to show, in order. A search shows what matches together with what encloses it. */
export function visibleRows(trace: Trace, folding: Folding, matches?: ReadonlySet<number>): Entity[] {
  const wanted = matches && withAncestors(trace, matches)
  const rows: Entity[] = []
  for (let at = 0; at < trace.entities.length; ) {
    const entity = trace.entities[at]!
    const shown = !wanted || wanted.has(at)
    if (shown) rows.push(entity)
    // While searching, nothing that matches stays hidden in a fold.
    const skip = wanted ? !shown : isFolded(entity, folding)
    at += skip ? entity.descendants + 1 : 1
  }
  return rows
}

export function toggle(folding: Folding, id: string): Folding {
  const toggled = new Set(folding.toggled)
  if (!toggled.delete(id)) toggled.add(id)
  return { ...folding, toggled }
}

/** The entities whose name, URL, query, annotation or exception contains the text. */
export function search(trace: Trace, text: string): ReadonlySet<number> | undefined {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return undefined
  const found = trace.entities.filter(entity => searchable(entity).includes(wanted))
  return new Set(found.map(entity => entity.index))
}

function searchable({ name, service, id, document }: Entity): string {
  const { subsegments: _, ...own } = document
  const { http, sql, annotations, cause, aws } = own
  return `${name} ${service} ${id} ${JSON.stringify([http, sql, annotations, cause, aws])}`.toLowerCase()
}

function withAncestors(trace: Trace, matches: ReadonlySet<number>): Set<number> {
  const wanted = new Set<number>()
  for (const match of matches) {
    for (let at = match; at >= 0 && !wanted.has(at); at = trace.entities[at]!.parent) wanted.add(at)
  }
  return wanted
}
