import { memo } from 'react'
import { Icon } from '../../components/Icon'
import { ServiceDot } from '../../components/ServiceDot'
import type { CriticalIndex } from '../../model/critical-path'
import { formatDuration } from '../../model/duration'
import { whatItDid } from '../../model/entity-label'
import { statusOf } from '../../model/status'
import { placeIn, type TimeWindow } from '../../model/time-window'
import { durationOf, type Entity, type Trace } from '../../model/trace'
import './waterfall-row.css'

interface Props {
  trace: Trace
  entity: Entity
  top: number
  window: TimeWindow
  colour: string
  critical: CriticalIndex | undefined
  isFolded: boolean
  isActive: boolean
  isMatch: boolean
  onSelect: (entity: Entity) => void
  onFold: (entity: Entity) => void
}

/** Deeper than this nothing is indented further: the name must stay readable. */
const mostIndents = 24

export const WaterfallRow = memo(
  function WaterfallRow(props: Props) {
    const { entity, top, colour, isFolded, isActive, isMatch, onSelect, onFold } = props
    const status = statusOf(entity)
    const hasChildren = entity.children.length > 0
    return (
      <div
        role="row"
        aria-level={entity.depth + 1}
        aria-expanded={hasChildren ? !isFolded : undefined}
        aria-selected={isActive}
        className={`waterfall-row ${isMatch ? 'match' : ''}`}
        style={{ transform: `translateY(${top}px)` }}
        onClick={() => onSelect(entity)}
      >
        <div
          className="waterfall-name"
          role="gridcell"
          style={{ paddingLeft: 8 + Math.min(entity.depth, mostIndents) * 14 }}
        >
          {hasChildren ? (
            <button
              type="button"
              className="waterfall-fold"
              tabIndex={-1}
              aria-label={isFolded ? 'Unfold' : 'Fold'}
              onClick={event => {
                event.stopPropagation()
                onFold(entity)
              }}
            >
              <Icon name={isFolded ? 'right' : 'down'} size={12} />
            </button>
          ) : (
            <span className="waterfall-fold" />
          )}
          <ServiceDot colour={colour} isNarrow={!entity.isSegment} />
          <Marks entity={entity} status={status} />
          <span className={`waterfall-label ${entity.isSegment ? 'segment' : ''}`}>{entity.name}</span>
          {entity.called && (
            <i
              className="waterfall-inferred"
              title={`${entity.called.name} (${entity.called.origin ?? 'remote'}) is known only from this call: inferred`}
            />
          )}
          {isFolded && <span className="waterfall-count">{entity.descendants.toLocaleString()}</span>}
          <span className="waterfall-did truncate">{whatItDid(entity)}</span>
        </div>
        <Bar {...props} />
      </div>
    )
  },
  (before, after) =>
    before.entity === after.entity &&
    before.top === after.top &&
    before.window === after.window &&
    before.critical === after.critical &&
    before.isFolded === after.isFolded &&
    before.isActive === after.isActive &&
    before.isMatch === after.isMatch &&
    before.colour === after.colour,
)

function Marks({ entity, status }: { entity: Entity; status: string }) {
  return (
    <>
      {status !== 'ok' && <i className={`waterfall-flag ${status}`} title={status} />}
      {entity.inProgress && <i className="waterfall-flag progress pulse" title="in progress" />}
      {entity.orphan && (
        <span className="badge" title="It names a parent that is not in the trace">
          parent missing
        </span>
      )}
      {entity.inferred && (
        <span className="badge" title="Known only from the call to it">
          inferred
        </span>
      )}
    </>
  )
}

function Bar({ trace, entity, window, colour, critical, isFolded }: Props) {
  const total = Math.max(1e-9, durationOf(trace))
  const place = (moment: number) => placeIn(window, (moment - trace.start) / total) * 100
  const right = place(entity.end)
  // What has only just begun is seen at the rim.
  const left = Math.min(place(entity.start), right - (entity.inProgress ? 1 : 0))
  const stretches = critical?.in(
    entity.index,
    isFolded ? entity.descendants : 0,
    (total * (window.to - window.from)) / 800,
  )
  const status = statusOf(entity)
  const label = formatDuration(entity.inProgress ? undefined : durationOf(entity))
  return (
    <div className="waterfall-time" role="gridcell">
      {right >= 0 && left <= 100 && (
        <>
          <i
            className={`waterfall-bar ${status} ${entity.inProgress ? 'progress' : ''} ${entity.inferred ? 'inferred' : ''}`}
            style={{
              left: `${Math.max(-1, left)}%`,
              width: `${Math.min(101, right) - Math.max(-1, left)}%`,
              color: colour,
            }}
          />
          {stretches?.map(({ start, end }) => (
            <i
              key={start}
              className="waterfall-critical"
              style={{
                left: `${Math.max(0, place(start))}%`,
                width: `${Math.min(100, place(end)) - Math.max(0, place(start))}%`,
              }}
            />
          ))}
          <span className={`waterfall-duration ${room(left, right).side}`} style={room(left, right).style}>
            {entity.inProgress ? 'in progress' : label}
          </span>
        </>
      )}
    </div>
  )
}

/** Where there is room for the duration: after the bar, before it, or else in it. */
function room(left: number, right: number): { side: string; style: React.CSSProperties } {
  if (right < 84) return { side: 'after', style: { left: `${Math.max(0, right)}%` } }
  if (left > 14) return { side: 'before', style: { right: `${100 - left}%` } }
  return { side: 'inside', style: { right: `${Math.max(0, 100 - right)}%` } }
}
