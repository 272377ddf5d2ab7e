import { memo } from 'react'
import { formatDuration } from '../../model/duration'
import { formatRate, formatShare, type Outcomes, troubleShare } from '../../model/service-graph'
import type { PlacedEdge } from './layout'
import { Shape, type ShapeProps } from './Shape'

/** Calls of one service to another: how often, how fast, how well. */
export const EdgeShape = memo(function EdgeShape({ placed, seconds, ...state }: ShapeProps<PlacedEdge>) {
  const { edge, path, labelX, labelY, width } = placed
  const { outcomes } = edge
  const health = healthOf(outcomes)
  const often = seconds === undefined ? outcomes.total.toLocaleString() : formatRate(outcomes.total, seconds)
  return (
    <Shape
      subject={edge.key}
      label={`${edge.from.name} calls ${edge.to.name}`}
      className={`graph-edge ${health} ${edge.isLink ? 'link' : ''}`}
      {...state}
    >
      <path className="graph-edge-reach" d={path} />
      <path
        className="graph-edge-line"
        d={path}
        strokeWidth={width}
        markerEnd={`url(#arrow-${state.isChosen ? 'active' : health})`}
      />
      <text className="graph-edge-label" x={labelX} y={labelY - 6}>
        {often} · {formatDuration(outcomes.mean)}
      </text>
      {health !== 'plain' && (
        <text className={`graph-edge-label ${health}`} x={labelX} y={labelY + 14}>
          {formatShare(troubleShare(outcomes))}
        </text>
      )}
    </Shape>
  )
})

/** A call in twenty that fails is bad; fewer are a warning. */
function healthOf(outcomes: Outcomes): 'plain' | 'warning' | 'bad' {
  const share = troubleShare(outcomes)
  if (share === 0) return 'plain'
  return share < 0.05 || outcomes.fault === 0 ? 'warning' : 'bad'
}
