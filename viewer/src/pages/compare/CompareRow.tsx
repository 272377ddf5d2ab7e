import { memo } from 'react'
import { DurationBar } from '../../components/DurationBar'
import { ServiceDot } from '../../components/ServiceDot'
import type { ComparedRow } from '../../model/compare'
import { formatDelta, formatDuration } from '../../model/duration'
import { whatItDid } from '../../model/entity-label'
import { statusOf } from '../../model/status'
import { durationOf, type Entity } from '../../model/trace'

interface Props {
  row: ComparedRow
  top: number
  /** The longer of both traces, in seconds. */
  longest: number
  /** The largest difference, in seconds. */
  widest: number
  indents: boolean
  colour: string
}

export const CompareRow = memo(function CompareRow({ row, top, longest, widest, indents, colour }: Props) {
  const { a, b, name, depth, delta } = row
  const shown = (a ?? b)!
  const missing = !a ? 'only-b' : !b ? 'only-a' : ''
  return (
    <div className={`compare-row ${missing}`} role="row" style={{ transform: `translateY(${top}px)` }}>
      <span
        role="cell"
        className="compare-name"
        style={{ paddingLeft: indents ? 12 + Math.min(24, depth) * 14 : 12 }}
      >
        <ServiceDot colour={colour} isNarrow={!shown.isSegment} />
        <span className={shown.isSegment ? 'label segment' : 'label'}>{name}</span>
        <span className="muted truncate">{whatItDid(shown)}</span>
        {missing && <span className="badge">{a ? 'only in A' : 'only in B'}</span>}
      </span>
      <Length entity={a} longest={longest} />
      <Length entity={b} longest={longest} />
      <span
        role="cell"
        className={`compare-delta ${delta > 5e-7 ? 'slower' : delta < -5e-7 ? 'faster' : ''}`}
      >
        <i
          style={{
            width: `${(Math.abs(delta) / widest) * 50}%`,
            ...(delta > 0 ? { left: '50%' } : { right: '50%' }),
          }}
        />
        <span>{formatDelta(delta)}</span>
      </span>
    </div>
  )
})

function Length({ entity, longest }: { entity: Entity | undefined; longest: number }) {
  if (!entity)
    return (
      <span role="cell" className="compare-none muted">
        –
      </span>
    )
  const duration = durationOf(entity)
  return (
    <DurationBar role="cell" status={statusOf(entity)} share={duration / longest}>
      {entity.inProgress ? 'in progress' : formatDuration(duration)}
    </DurationBar>
  )
}
