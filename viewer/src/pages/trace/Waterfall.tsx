import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { Notice } from '../../components/Notice'
import { useWheel } from '../../components/useWheel'
import { pan, zoom } from '../../model/time-window'
import { durationOf, type Entity, type Trace } from '../../model/trace'
import { Ruler, RulerLines } from './Ruler'
import type { TraceView } from './useTraceView'
import { WaterfallRow } from './WaterfallRow'
import './waterfall.css'

const rowHeight = 26
const narrowestNames = 140

/** The rows of the trace over time. */
export function Waterfall({ trace, view }: { trace: Trace; view: TraceView }) {
  const { rows, active, window: shown } = view
  const box = useRef<HTMLDivElement>(null)
  const [namesWidth, setNamesWidth] = useState(() =>
    Math.min(420, Math.max(narrowestNames, innerWidth * 0.32)),
  )
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: index => rows[index]!.index,
    overscan: 16,
  })
  const bringIntoView = useEffectEvent((entity: Entity | undefined) => {
    const place = entity ? rows.indexOf(entity) : -1
    if (place >= 0) virtual.scrollToIndex(place, { align: 'auto' })
  })
  useEffect(() => bringIntoView(active), [active])
  useZoomByWheel(box, view, namesWidth)
  const duration = durationOf(trace)
  return (
    // `treegrid` needs the rows to say their level and whether they are open; each row does.
    <div
      className="waterfall"
      role="treegrid"
      aria-label="Segments and subsegments"
      aria-rowcount={rows.length}
      style={{ '--names-width': `${namesWidth}px` } as React.CSSProperties}
    >
      <Ruler
        duration={duration}
        view={view}
        onResize={width => setNamesWidth(Math.max(narrowestNames, width))}
      />
      <div className="waterfall-area">
        <RulerLines duration={duration} window={shown} />
        <div ref={box} className="waterfall-rows" tabIndex={-1}>
          {rows.length === 0 && <Notice title="Nothing in this trace matches" />}
          <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(item => {
              const entity = rows[item.index]!
              return (
                <WaterfallRow
                  key={item.key}
                  trace={trace}
                  entity={entity}
                  top={item.start}
                  window={shown}
                  colour={view.colours.get(entity.service) ?? 'var(--accent)'}
                  critical={view.showsCritical ? view.critical : undefined}
                  isFolded={view.isFolded(entity)}
                  isActive={entity === active}
                  isMatch={view.matches?.has(entity.index) ?? false}
                  onSelect={view.select}
                  onFold={view.toggleFold}
                />
              )
            })}
          </div>
        </div>
      </div>
    </div>
  )
}

/** Ctrl and the wheel zoom around the pointer, a sideways wheel (or shift) pans. */
function useZoomByWheel(box: React.RefObject<HTMLDivElement | null>, view: TraceView, namesWidth: number) {
  useWheel(box, event => {
    const { left, width } = box.current!.getBoundingClientRect()
    const { from, to } = view.window
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      const share = Math.max(0, (event.clientX - left - namesWidth) / (width - namesWidth))
      view.setWindow(zoom(view.window, 1.002 ** event.deltaY, from + share * (to - from)))
    } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      event.preventDefault()
      view.setWindow(pan(view.window, (event.deltaX || event.deltaY) / width))
    }
  })
}
