import { memo } from 'react'
import { formatDuration } from '../../model/duration'
import { formatRate, type Outcomes } from '../../model/service-graph'
import type { PlacedNode } from './layout'
import { Shape, type ShapeProps } from './Shape'

/** A service: a ring by how its requests ended, in it how fast and how often. */
export const NodeShape = memo(function NodeShape({ placed, seconds, ...state }: ShapeProps<PlacedNode>) {
  const { node, x, y, radius } = placed
  const { outcomes } = node
  const often = seconds === undefined ? outcomes.total.toLocaleString() : formatRate(outcomes.total, seconds)
  return (
    <Shape
      subject={node.key}
      label={`${node.name} ${node.type ?? ''}`}
      className="graph-node"
      transform={`translate(${x} ${y})`}
      {...state}
    >
      <title>{`${node.name}\n${node.type ?? ''}`}</title>
      <circle className="graph-disc" r={radius} />
      {node.isClient ? (
        <path
          className="graph-person"
          d="M0,-1a4.5,4.5 0 1 0 0,-9a4.5,4.5 0 1 0 0,9ZM-8,10c0,-9 16,-9 16,0"
        />
      ) : (
        <>
          <Ring outcomes={outcomes} radius={radius} />
          <text className="graph-mean" y={-1}>
            {formatDuration(outcomes.mean)}
          </text>
          <text className="graph-rate" y={11}>
            {often}
          </text>
        </>
      )}
      <text className="graph-name" y={radius + 15}>
        {short(node.isClient ? 'client' : node.name, 22)}
      </text>
      {!node.isClient && (
        <text className="graph-type" y={radius + 28}>
          {short(node.type ?? '', 24)}
        </text>
      )}
    </Shape>
  )
})

function Ring({ outcomes, radius }: { outcomes: Outcomes; radius: number }) {
  const { ok, error, throttle, fault, total } = outcomes
  const around = 2 * Math.PI * radius
  let before = 0
  return (
    <g transform="rotate(-90)">
      {Object.entries({ ok, error, throttle, fault }).map(([kind, count]) => {
        const share = total > 0 ? count / total : kind === 'ok' ? 1 : 0
        const offset = before
        before += share
        if (share === 0) return null
        return (
          <circle
            key={kind}
            className={`graph-ring ${total > 0 ? kind : 'unknown'}`}
            r={radius}
            strokeDasharray={`${around * share} ${around}`}
            strokeDashoffset={-around * offset}
          />
        )
      })}
    </g>
  )
}

function short(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
