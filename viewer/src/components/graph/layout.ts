import { Graph, layout } from '@dagrejs/dagre'
import type { MapEdge, MapNode, ServiceMap } from '../../model/service-graph'

export interface PlacedNode {
  node: MapNode
  x: number
  y: number
  radius: number
}

export interface PlacedEdge {
  edge: MapEdge
  /** The way as an SVG path. */
  path: string
  labelX: number
  labelY: number
  width: number
}

export interface PlacedMap {
  nodes: PlacedNode[]
  edges: PlacedEdge[]
  width: number
  height: number
}

interface Point {
  x: number
  y: number
}

/** Below a node stand its name and type. */
const captionHeight = 36
const nodeWidth = 132

/** Places the services, callers before what they call: from left to right, or downwards. */
export function placeMap({ nodes, edges }: ServiceMap, downwards: boolean): PlacedMap {
  const graph = new Graph()
  const gaps = downwards
    ? { nodesep: 20, ranksep: 64, edgesep: 50 }
    : { nodesep: 24, ranksep: 128, edgesep: 24 }
  graph.setGraph({ rankdir: downwards ? 'TB' : 'LR', marginx: 24, marginy: 24, ...gaps })
  const busiest = Math.max(1, ...nodes.map(node => node.outcomes.total))
  const radii = new Map(nodes.map(node => [node.key, radiusOf(node, busiest)]))
  for (const node of nodes) {
    graph.setNode(node.key, { width: nodeWidth, height: radii.get(node.key)! * 2 + captionHeight })
  }
  for (const edge of edges) graph.setEdge(edge.from.key, edge.to.key, {})
  layout(graph)
  const placed = new Map(
    nodes.map(node => {
      const { x, y } = graph.node(node.key) as Point
      // dagre places the box around circle and caption; edges go to the circle.
      return [node.key, { node, x, y: y - captionHeight / 2, radius: radii.get(node.key)! }]
    }),
  )
  const busiestEdge = Math.max(1, ...edges.map(edge => edge.outcomes.total))
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number }
  return {
    nodes: [...placed.values()],
    edges: edges.map(edge => {
      const { points } = graph.edge(edge.from.key, edge.to.key) as { points: Point[] }
      const raised = points.map(({ x, y }) => ({ x, y: y - captionHeight / 2 }))
      const ends = [placed.get(edge.from.key)!, placed.get(edge.to.key)!] as const
      return placeEdge(edge, ends, raised, busiestEdge, downwards)
    }),
    width,
    height,
  }
}

function placeEdge(
  edge: MapEdge,
  [from, to]: readonly [PlacedNode, PlacedNode],
  points: Point[],
  busiest: number,
  downwards: boolean,
): PlacedEdge {
  const inner = points.slice(1, -1)
  const start = rim(from, inner[0] ?? to, 3)
  const end = rim(to, inner.at(-1) ?? from, 7)
  const way = from === to ? loop(from) : curve([start, ...inner, end], downwards)
  const middle = inner[Math.floor(inner.length / 2)] ?? { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 }
  const width = 1.2 + 2.4 * Math.sqrt(edge.outcomes.total / busiest)
  return { edge, path: way, labelX: middle.x, labelY: middle.y, width }
}

/** The place on the rim of a node that faces a point. */
function rim({ x, y, radius }: PlacedNode, towards: Point, gap: number): Point {
  const distance = Math.hypot(towards.x - x, towards.y - y) || 1
  const share = (radius + gap) / distance
  return { x: x + (towards.x - x) * share, y: y + (towards.y - y) * share }
}

/** A smooth way through the points, in the direction of the map where it leaves and arrives. */
function curve(points: Point[], downwards: boolean): string {
  const [first, ...rest] = points
  let way = `M${written(first!)}`
  let before = first!
  for (const point of rest) {
    const middle = { x: (before.x + point.x) / 2, y: (before.y + point.y) / 2 }
    const bend = downwards
      ? [
          { x: before.x, y: middle.y },
          { x: point.x, y: middle.y },
        ]
      : [
          { x: middle.x, y: before.y },
          { x: middle.x, y: point.y },
        ]
    way += `C${[...bend, point].map(written).join(' ')}`
    before = point
  }
  return way
}

function loop({ x, y, radius }: PlacedNode): string {
  const top = y - radius - 3
  return `M${x - 8},${top}C${x - 30},${top - 40} ${x + 30},${top - 40} ${x + 8},${top - 4}`
}

function radiusOf(node: MapNode, busiest: number): number {
  return node.isClient ? 18 : 24 + 14 * Math.sqrt(node.outcomes.total / busiest)
}

function written({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`
}
