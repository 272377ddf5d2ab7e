import type { EntityDocument, SegmentDocument } from '../api/documents'
import type { RawTrace } from '../api/traces'

/** A segment or subsegment in its place in the trace. */
export interface Entity {
  /** Its place in `Trace.entities`, which is the order of the waterfall. */
  index: number
  id: string
  name: string
  /** Its segment's name: the service that did the work. */
  service: string
  /** The index of the entity that it hangs below, -1 for a root. */
  parent: number
  depth: number
  /** How many entities hang below it, children's children included. */
  descendants: number
  children: number[]
  /** Seconds since the epoch. */
  start: number
  /** Seconds since the epoch; the trace's last known moment while it is in progress. */
  end: number
  isSegment: boolean
  inProgress: boolean
  inferred: boolean
  /** The service that it called, when that is known only from this call and has no row of its own. */
  called: SegmentDocument | undefined
  error: boolean
  fault: boolean
  throttle: boolean
  /** It names a parent that is not in the trace. */
  orphan: boolean
  document: EntityDocument | SegmentDocument
}

/** A trace as a tree, laid out depth first. */
export interface Trace {
  id: string
  entities: Entity[]
  roots: number[]
  /** The first start, in seconds since the epoch. */
  start: number
  end: number
  services: string[]
  /** Something is still in progress, or a parent is missing. */
  isPartial: boolean
  limitExceeded: boolean
  raw: RawTrace
}

interface Draft {
  document: EntityDocument | SegmentDocument
  parentId: string | undefined
  isSegment: boolean
  children: Draft[]
  called?: Draft
}

/**
 * Builds the tree: subsegments below what encloses them, segments below the call that caused them.
 * Segments that X-Ray inferred from a call say the same as the call; they get rows of their own only
 * on demand.
 */
export function buildTrace(raw: RawTrace, withInferred = false): Trace {
  const drafts = raw.Segments.flatMap(segment => flatten(JSON.parse(segment.Document) as SegmentDocument))
  const roots = link(drafts, withInferred)
  const lastMoment = latest(drafts)
  const trace = layOut(drafts, roots, lastMoment)
  const { entities } = trace
  return {
    ...trace,
    id: raw.Id,
    start: entities.reduce((first, entity) => Math.min(first, entity.start), Number.POSITIVE_INFINITY),
    end: lastMoment,
    services: [...new Set(entities.map(entity => entity.service))],
    isPartial: entities.some(entity => entity.inProgress || entity.orphan),
    limitExceeded: raw.LimitExceeded ?? false,
    raw,
  }
}

/** The duration of an entity in seconds. */
export function durationOf(entity: { start: number; end: number }): number {
  return Math.max(0, entity.end - entity.start)
}

/** Hangs each draft below its parent; those that have none are the roots. */
function link(drafts: Draft[], withInferred: boolean): Draft[] {
  const byId = new Map(drafts.map(draft => [draft.document.id, draft]))
  const isParent = new Set(drafts.map(draft => draft.parentId))
  const roots: Draft[] = []
  for (const draft of drafts) {
    const parent = draft.parentId === undefined ? undefined : byId.get(draft.parentId)
    if (!parent || parent === draft) roots.push(draft)
    else if (withInferred || !isInferred(draft) || isParent.has(draft.document.id))
      parent.children.push(draft)
    else parent.called = draft
  }
  return roots
}

function flatten(segment: SegmentDocument): Draft[] {
  const isSegment = segment.type !== 'subsegment'
  const drafts: Draft[] = [{ document: segment, parentId: segment.parent_id, isSegment, children: [] }]
  for (let at = 0; at < drafts.length; at++) {
    const { document } = drafts[at]!
    for (const child of document.subsegments ?? []) {
      drafts.push({ document: child, parentId: document.id, isSegment: false, children: [] })
    }
  }
  return drafts
}

function isInferred({ document }: Draft): boolean {
  return 'inferred' in document && document.inferred === true
}

function latest(drafts: Draft[]): number {
  return drafts.reduce(
    (last, { document }) => Math.max(last, document.end_time ?? document.start_time),
    Number.NEGATIVE_INFINITY,
  )
}

function layOut(
  drafts: Draft[],
  roots: Draft[],
  lastMoment: number,
): { entities: Entity[]; roots: number[] } {
  const entities: Entity[] = []
  const placed = new Set<Draft>()
  roots.sort(byStart)
  for (const root of roots) placeBelow(root, placed, entities, lastMoment)
  // Parents that name each other in a circle are below no root: the first of them becomes one.
  const called = new Set(drafts.map(draft => draft.called))
  for (const draft of drafts) {
    if (!placed.has(draft) && !called.has(draft)) placeBelow(draft, placed, entities, lastMoment)
  }
  for (let at = entities.length - 1; at >= 0; at--) {
    const parent = entities[entities[at]!.parent]
    if (parent) parent.descendants += entities[at]!.descendants + 1
  }
  return { entities, roots: entities.filter(entity => entity.parent < 0).map(entity => entity.index) }
}

/** Lays out one tree, with a stack of its own since a trace may nest deeper than the call stack allows. */
function placeBelow(root: Draft, placed: Set<Draft>, entities: Entity[], lastMoment: number) {
  const waiting = [{ draft: root, parent: -1 }]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (placed.has(next.draft)) continue
    placed.add(next.draft)
    const entity = entityOf(next.draft, next.parent, entities, lastMoment)
    entities.push(entity)
    entities[next.parent]?.children.push(entity.index)
    const children = next.draft.children.toSorted(byStart)
    for (const draft of children.toReversed()) waiting.push({ draft, parent: entity.index })
  }
}

function byStart(a: Draft, b: Draft): number {
  return a.document.start_time - b.document.start_time
}

function entityOf(draft: Draft, parent: number, before: Entity[], lastMoment: number): Entity {
  const { document, parentId, isSegment } = draft
  const above = before[parent]
  return {
    index: before.length,
    id: document.id,
    name: document.name || '(no name)',
    service: isSegment || !above ? document.name : above.service,
    parent,
    depth: above ? above.depth + 1 : 0,
    descendants: 0,
    children: [],
    start: document.start_time,
    end: document.end_time ?? lastMoment,
    isSegment,
    inProgress: document.in_progress === true || document.end_time === undefined,
    inferred: isInferred(draft),
    called: draft.called?.document as SegmentDocument | undefined,
    error: document.error === true,
    fault: document.fault === true,
    throttle: document.throttle === true,
    orphan: parent < 0 && parentId !== undefined,
    document,
  }
}
