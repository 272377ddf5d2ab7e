import { useRef, useState } from 'react'
import { formatDuration } from '../../model/duration'
import { placeIn, type TimeWindow, ticks, windowBetween } from '../../model/time-window'
import { ResizeHandle } from './ResizeHandle'
import type { TraceView } from './useTraceView'
import './ruler.css'

/** A label from here on stands before its moment, in percent: after it there is no room. */
const lastFrom = 94

interface Props {
  duration: number
  view: TraceView
  onResize: (namesWidth: number) => void
}

/** The time above the rows; dragging over it zooms. Between names and time is a handle. */
export function Ruler({ duration, view, onResize }: Props) {
  const { window } = view
  const time = useRef<HTMLDivElement>(null)
  const [dragged, setDragged] = useState<[number, number] | undefined>(undefined)
  const shareAt = (clientX: number) => {
    const { left, width } = time.current!.getBoundingClientRect()
    return Math.min(1, Math.max(0, (clientX - left) / width))
  }
  const release = () => {
    if (dragged && Math.abs(dragged[1] - dragged[0]) > 0.005) {
      const [a, b] = dragged.map(share => window.from + share * (window.to - window.from))
      view.setWindow(windowBetween(a!, b!))
    }
    setDragged(undefined)
  }
  return (
    <div className="ruler">
      <div className="ruler-names">
        {view.rows.length.toLocaleString()} {view.rows.length === 1 ? 'row' : 'rows'}
        <ResizeHandle
          onDrag={({ clientX, currentTarget }) =>
            onResize(clientX - currentTarget.closest('.ruler')!.getBoundingClientRect().left)
          }
        />
      </div>
      <div
        ref={time}
        className="ruler-time"
        title="Drag to zoom"
        onPointerDown={event => {
          event.currentTarget.setPointerCapture(event.pointerId)
          setDragged([shareAt(event.clientX), shareAt(event.clientX)])
        }}
        onPointerMove={event => dragged && setDragged([dragged[0], shareAt(event.clientX)])}
        onPointerUp={release}
        onPointerCancel={() => setDragged(undefined)}
      >
        {tickPlaces(duration, window).map(({ at, left }, index, { length }) => (
          <span
            key={at}
            className={`ruler-tick ${left > lastFrom ? 'last' : index === length - 2 ? 'second-last' : ''}`}
            style={{ left: `${left}%` }}
          >
            {formatDuration(at)}
          </span>
        ))}
        {dragged && (
          <i
            className="ruler-selection"
            style={{
              left: `${Math.min(...dragged) * 100}%`,
              width: `${Math.abs(dragged[1] - dragged[0]) * 100}%`,
            }}
          />
        )}
      </div>
    </div>
  )
}

/** The same moments as lines behind the bars. */
export function RulerLines({ duration, window }: { duration: number; window: TimeWindow }) {
  return (
    <div className="ruler-lines" aria-hidden="true">
      {tickPlaces(duration, window).map(({ at, left }) => (
        <i key={at} style={{ left: `${left}%` }} />
      ))}
    </div>
  )
}

function tickPlaces(duration: number, window: TimeWindow): { at: number; left: number }[] {
  return ticks(window.from * duration, window.to * duration, 6).map(at => ({
    at,
    left: placeIn(window, at / Math.max(1e-9, duration)) * 100,
  }))
}
