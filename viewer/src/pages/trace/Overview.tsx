import type { SegmentDocument } from '../../api/documents'
import { CopyButton } from '../../components/CopyButton'
import { formatDuration } from '../../model/duration'
import { formatPrecise } from '../../model/time-range'
import { durationOf, type Entity, type Trace } from '../../model/trace'
import { FactTable } from './FactTable'
import { Section } from './Section'

/** What every entity has. */
export function Overview({ trace, entity }: { trace: Trace; entity: Entity }) {
  const segment = entity.document as SegmentDocument
  const duration = durationOf(entity)
  const share = duration / Math.max(1e-9, durationOf(trace))
  const inChildren = busyTime(trace, entity)
  return (
    <Section title="Overview">
      <FactTable
        facts={{
          Duration: entity.inProgress
            ? 'in progress'
            : `${formatDuration(duration)} (${(share * 100).toFixed(1)} % of the trace)`,
          'Own time':
            entity.inProgress || entity.children.length === 0
              ? undefined
              : formatDuration(duration - inChildren),
          Begins: `${formatDuration(entity.start - trace.start)} after the trace`,
          Start: formatPrecise(entity.start),
          End: entity.inProgress ? undefined : formatPrecise(entity.end),
          Service: entity.service,
          Kind: kindOf(entity),
          Origin: segment.origin,
          Resource: segment.resource_arn,
          User: segment.user,
          Id: (
            <>
              <code>{entity.id}</code> <CopyButton text={entity.id} what="id" />
            </>
          ),
          Parent: entity.orphan ? `${segment.parent_id} is not in this trace` : undefined,
        }}
      />
    </Section>
  )
}

function kindOf({ isSegment, inferred, document }: Entity): string {
  if (inferred) return 'inferred segment: known only from the call to it'
  if (isSegment) return 'segment'
  return document.namespace ? `subsegment, ${document.namespace}` : 'subsegment'
}

/** How much of an entity's time at least one child was running, in seconds. */
function busyTime(trace: Trace, entity: Entity): number {
  let busy = 0
  let until = entity.start
  for (const child of entity.children) {
    const { start, end } = trace.entities[child]!
    const last = Math.min(end, entity.end)
    if (last <= until) continue
    busy += last - Math.max(start, until)
    until = last
  }
  return busy
}
