import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react'
import type { ServiceMap } from '../../model/service-graph'
import { useShortcuts } from '../../state/shortcuts'
import { Icon } from '../Icon'
import { EdgeShape } from './EdgeShape'
import { placeMap } from './layout'
import { NodeShape } from './NodeShape'
import './graph.css'

interface Props {
  map: ServiceMap
  /** The time that the counts are of, in seconds; without it counts are shown instead of rates. */
  seconds: number | undefined
  /** The key of the chosen node or edge. */
  chosen: string | undefined
  onChoose: (key: string | undefined) => void
}

interface View {
  x: number
  y: number
  scale: number
}

const closest = 3
const farthest = 0.05

/** Smaller than this nobody could read the names. */
const smallestFit = 0.5

/** On a narrower page the map goes downwards. */
const narrowPage = 700

/** Services and the calls between them, to pan and zoom. */
export function GraphView({ map, seconds, chosen, onChoose }: Props) {
  const [downwards] = useState(() => innerWidth < narrowPage)
  const placed = useMemo(() => placeMap(map, downwards), [map, downwards])
  const box = useRef<SVGSVGElement>(null)
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 })
  const [hovered, setHovered] = useState<string>()
  const moved = useRef(false)

  const showAll = useEffectEvent(() => {
    // The observer may still call when the map has gone.
    if (!box.current) return
    const { width, height } = box.current.getBoundingClientRect()
    const scale = Math.max(
      smallestFit,
      Math.min(1.25, (width - 24) / placed.width, (height - 24) / placed.height),
    )
    // What does not fit begins at its first services.
    const x = Math.max(0, (width - placed.width * scale) / 2)
    setView({ scale, x, y: Math.max(0, (height - placed.height * scale) / 2) })
  })
  useEffect(() => {
    const resized = new ResizeObserver(() => moved.current || showAll())
    if (box.current) resized.observe(box.current)
    return () => resized.disconnect()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another graph needs another fit
  useEffect(() => {
    if (!moved.current) showAll()
  }, [placed])

  const change = (next: (before: View) => View) => {
    moved.current = true
    setView(next)
  }
  const zoomAround = (factor: number, x?: number, y?: number) => {
    const { width, height } = box.current!.getBoundingClientRect()
    change(before => zoomed(before, factor, x ?? width / 2, y ?? height / 2))
  }
  const showAllAgain = () => {
    moved.current = false
    showAll()
  }
  const step = (dx: number, dy: number) =>
    change(before => ({ ...before, x: before.x + dx, y: before.y + dy }))
  useShortcuts('Map', [
    { keys: ['+', '='], help: 'Zoom in', run: () => zoomAround(1.25) },
    { keys: ['-'], help: 'Zoom out', run: () => zoomAround(0.8) },
    { keys: ['0'], help: 'Show everything', run: showAllAgain },
    { keys: ['ArrowLeft'], help: 'Move left', run: () => step(60, 0) },
    { keys: ['ArrowRight'], help: 'Move right', run: () => step(-60, 0) },
    { keys: ['ArrowUp'], help: 'Move up', run: () => step(0, 60) },
    { keys: ['ArrowDown'], help: 'Move down', run: () => step(0, -60) },
    { keys: ['n'], help: 'Next service', run: () => onChoose(nextKey(map, chosen, 1)) },
    { keys: ['N'], help: 'Previous service', run: () => onChoose(nextKey(map, chosen, -1)) },
    { keys: ['Escape'], help: 'Close the panel', run: () => onChoose(undefined) },
  ])
  useWheelZoom(box, zoomAround)
  const focus = hovered ?? chosen
  return (
    <div className="graph">
      <svg
        ref={box}
        role="img"
        aria-label="Service map"
        onClick={event => event.target === box.current && onChoose(undefined)}
        onPointerDown={event => {
          if (event.target === box.current) box.current.setPointerCapture(event.pointerId)
        }}
        onPointerMove={event => {
          if (box.current?.hasPointerCapture(event.pointerId)) step(event.movementX, event.movementY)
        }}
      >
        <defs>
          {['plain', 'warning', 'bad', 'active'].map(kind => (
            <marker
              key={kind}
              id={`arrow-${kind}`}
              viewBox="0 0 8 8"
              refX="5"
              refY="4"
              markerWidth="9"
              markerHeight="9"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path className={`graph-arrow ${kind}`} d="M0,0.5L7.5,4L0,7.5Z" />
            </marker>
          ))}
        </defs>
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {placed.edges.map(edge => (
            <EdgeShape
              key={edge.edge.key}
              placed={edge}
              seconds={seconds}
              isChosen={edge.edge.key === chosen}
              isDimmed={focus !== undefined && !touches(edge.edge.key, focus)}
              onChoose={onChoose}
              onHover={setHovered}
            />
          ))}
          {placed.nodes.map(node => (
            <NodeShape
              key={node.node.key}
              placed={node}
              seconds={seconds}
              isChosen={node.node.key === chosen}
              isDimmed={focus !== undefined && !isNear(map, node.node.key, focus)}
              onChoose={onChoose}
              onHover={setHovered}
            />
          ))}
        </g>
      </svg>
      <div className="graph-tools">
        <button
          type="button"
          className="button icon"
          title="Zoom in (+)"
          aria-label="Zoom in"
          onClick={() => zoomAround(1.25)}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          className="button icon"
          title="Zoom out (-)"
          aria-label="Zoom out"
          onClick={() => zoomAround(0.8)}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          className="button icon"
          title="Show everything (0)"
          aria-label="Show everything"
          onClick={showAllAgain}
        >
          <Icon name="fit" />
        </button>
      </div>
      <Legend />
    </div>
  )
}

function Legend() {
  return (
    <div className="graph-legend">
      {(['ok', 'error', 'throttle', 'fault'] as const).map(kind => (
        <span key={kind}>
          <i className={kind} />
          {kind === 'throttle' ? 'throttled' : kind}
        </span>
      ))}
      <span className="muted">size by traffic</span>
    </div>
  )
}

function useWheelZoom(
  box: React.RefObject<SVGSVGElement | null>,
  zoomAround: (factor: number, x: number, y: number) => void,
) {
  const turn = useEffectEvent((event: WheelEvent) => {
    event.preventDefault()
    const { left, top } = box.current!.getBoundingClientRect()
    zoomAround(0.998 ** event.deltaY, event.clientX - left, event.clientY - top)
  })
  useEffect(() => {
    const target = box.current
    const listener = (event: WheelEvent) => turn(event)
    target?.addEventListener('wheel', listener, { passive: false })
    return () => target?.removeEventListener('wheel', listener)
  }, [box])
}

function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(closest, Math.max(farthest, view.scale * factor))
  const real = scale / view.scale
  return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real }
}

function touches(edge: string, focus: string): boolean {
  return edge === focus || edge.startsWith(`${focus}>`) || edge.endsWith(`>${focus}`)
}

function isNear(map: ServiceMap, node: string, focus: string): boolean {
  if (node === focus) return true
  return map.edges.some(({ key, from, to }) => touches(key, focus) && (from.key === node || to.key === node))
}

function nextKey(map: ServiceMap, chosen: string | undefined, step: number): string | undefined {
  const place = map.nodes.findIndex(node => node.key === chosen)
  const count = map.nodes.length
  return map.nodes[(place + step + count + (place < 0 && step < 0 ? 1 : 0)) % count]?.key
}
