import { useMemo, useRef, useState } from 'react'
import { busiest, type ServiceMap } from '../../model/service-graph'
import { useShortcuts } from '../../state/shortcuts'
import { EdgeShape } from './EdgeShape'
import { GraphLegend, GraphTools } from './GraphTools'
import { placeMap } from './layout'
import { NodeShape } from './NodeShape'
import { usePanZoom } from './usePanZoom'
import './graph.css'

interface Props {
  map: ServiceMap
  /** The time that the counts are of, in seconds; without it counts are shown instead of rates. */
  seconds: number | undefined
  /** The key of the chosen node or edge. */
  chosen: string | undefined
  onChoose: (key: string | undefined) => void
}

/** On a narrower page the map goes downwards. */
const narrowPage = 700

/** Most services that are laid out. */
const mostServices = 200

/** How far a key moves the map, in pixels. */
const step = 60

/** Services and the calls between them, to pan and zoom. */
export function GraphView({ map: whole, seconds, chosen, onChoose }: Props) {
  const map = useMemo(() => busiest(whole, mostServices), [whole])
  const [downwards] = useState(() => innerWidth < narrowPage)
  const placed = useMemo(() => placeMap(map, downwards), [map, downwards])
  const box = useRef<SVGSVGElement>(null)
  const { view, zoom, move, showAll, drag, wasDragged } = usePanZoom(box, placed)
  const [hovered, setHovered] = useState<string>()
  useShortcuts('Map', [
    { keys: ['+', '='], help: 'Zoom in', run: () => zoom(1.25) },
    { keys: ['-'], help: 'Zoom out', run: () => zoom(0.8) },
    { keys: ['0'], help: 'Show everything', run: showAll },
    { keys: ['ArrowLeft'], help: 'Move left', run: () => move(step, 0) },
    { keys: ['ArrowRight'], help: 'Move right', run: () => move(-step, 0) },
    { keys: ['ArrowUp'], help: 'Move up', run: () => move(0, step) },
    { keys: ['ArrowDown'], help: 'Move down', run: () => move(0, -step) },
    { keys: ['n'], help: 'Next service', run: () => onChoose(nextKey(map, chosen, 1)) },
    { keys: ['N'], help: 'Previous service', run: () => onChoose(nextKey(map, chosen, -1)) },
    { keys: ['Escape'], help: 'Close the panel', run: () => onChoose(undefined) },
  ])
  const focus = hovered ?? chosen
  const shared = { seconds, onChoose, onHover: setHovered }
  return (
    <div className="graph">
      <svg
        ref={box}
        role="img"
        aria-label="Service map"
        onClick={event => event.target === box.current && !wasDragged() && onChoose(undefined)}
        {...drag}
      >
        <Arrows />
        <g transform={`translate(${view.x} ${view.y}) scale(${view.scale})`}>
          {placed.edges.map(edge => (
            <EdgeShape
              key={edge.edge.key}
              placed={edge}
              isChosen={edge.edge.key === chosen}
              isDimmed={focus !== undefined && !touches(edge.edge.key, focus)}
              {...shared}
            />
          ))}
          {placed.nodes.map(node => (
            <NodeShape
              key={node.node.key}
              placed={node}
              isChosen={node.node.key === chosen}
              isDimmed={focus !== undefined && !isNear(map, node.node.key, focus)}
              {...shared}
            />
          ))}
        </g>
      </svg>
      {map !== whole && (
        <p className="graph-note" role="note">
          The {mostServices} busiest of {whole.nodes.length.toLocaleString()} services are shown. A filter
          chooses others.
        </p>
      )}
      <GraphTools zoom={zoom} showAll={showAll} />
      <GraphLegend />
    </div>
  )
}

function Arrows() {
  return (
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
  )
}

function touches(edge: string, focus: string): boolean {
  return edge === focus || edge.startsWith(`${focus}>`) || edge.endsWith(`>${focus}`)
}

function isNear(map: ServiceMap, node: string, focus: string): boolean {
  if (node === focus) return true
  return map.edges.some(({ key, from, to }) => touches(key, focus) && (from.key === node || to.key === node))
}

function nextKey(map: ServiceMap, chosen: string | undefined, step: number): string | undefined {
  const count = map.nodes.length
  const place = map.nodes.findIndex(node => node.key === chosen)
  const before = place < 0 && step < 0 ? 0 : place
  return map.nodes[(before + step + count) % count]?.key
}
