import { useEffect, useRef, useState } from 'react'
import { isWhole, wholeTrace, windowBetween } from '../../model/time-window'
import type { Trace } from '../../model/trace'
import { useTheme } from '../../state/theme'
import type { TraceView } from './useTraceView'
import './mini-map.css'

const height = 46

/** The whole trace in small; dragging over it chooses what the waterfall shows. */
export function MiniMap({ trace, view }: { trace: Trace; view: TraceView }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [dragged, setDragged] = useState<[number, number] | undefined>(undefined)
  const { isDark } = useTheme()
  const { colours, shareOf: _, ...rest } = view
  useEffect(() => {
    const target = canvas.current
    if (!target || isDark === undefined) return
    const draw = () => drawTrace(target, trace, colours)
    const resized = new ResizeObserver(draw)
    resized.observe(target)
    return () => resized.disconnect()
  }, [trace, colours, isDark])
  const shareAt = (event: React.PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    return Math.min(1, Math.max(0, (event.clientX - left) / width))
  }
  const shown = dragged ? windowBetween(...dragged) : rest.window
  return (
    <div
      className="minimap"
      title="Drag to zoom, double-click to see everything"
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId)
        setDragged([shareAt(event), shareAt(event)])
      }}
      onPointerMove={event => dragged && setDragged([dragged[0], shareAt(event)])}
      onPointerUp={() => {
        if (dragged && Math.abs(dragged[1] - dragged[0]) > 0.004) rest.setWindow(windowBetween(...dragged))
        setDragged(undefined)
      }}
      onPointerCancel={() => setDragged(undefined)}
      onDoubleClick={() => rest.setWindow(wholeTrace)}
    >
      <canvas ref={canvas} />
      {!isWhole(shown) && (
        <>
          <i className="minimap-outside" style={{ left: 0, width: `${shown.from * 100}%` }} />
          <i className="minimap-outside" style={{ left: `${shown.to * 100}%`, right: 0 }} />
          <i
            className="minimap-window"
            style={{ left: `${shown.from * 100}%`, right: `${(1 - shown.to) * 100}%` }}
          />
        </>
      )}
    </div>
  )
}

function drawTrace(canvas: HTMLCanvasElement, trace: Trace, colours: Map<string, string>) {
  const scale = devicePixelRatio
  const width = canvas.clientWidth
  canvas.width = width * scale
  canvas.height = height * scale
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(scale, scale)
  const inks = new Map([...colours].map(([service, colour]) => [service, inkOf(canvas, colour)]))
  const fault = inkOf(canvas, 'var(--fault)')
  const row = (height - 8) / trace.entities.length
  const perSecond = width / Math.max(1e-9, trace.end - trace.start)
  for (const entity of trace.entities) {
    context.fillStyle = entity.fault ? fault : (inks.get(entity.service) ?? fault)
    const left = (entity.start - trace.start) * perSecond
    const bar = Math.max(1, (entity.end - entity.start) * perSecond)
    context.fillRect(left, 4 + entity.index * row, bar, Math.min(5, Math.max(0.6, row * 0.75)))
  }
}

function inkOf(near: HTMLElement, colour: string): string {
  near.style.color = colour
  return getComputedStyle(near).color
}
