import type { GraphEdge, GraphService, Histogram, Statistics } from '../api/graph'

/** How requests ended, as counts. */
export interface Outcomes {
  ok: number
  error: number
  throttle: number
  fault: number
  total: number
  /** Mean response time in seconds; none without requests. */
  mean: number | undefined
}

export interface MapNode {
  key: string
  name: string
  type: string | undefined
  isClient: boolean
  outcomes: Outcomes
  histogram: Histogram
}

export interface MapEdge {
  key: string
  from: MapNode
  to: MapNode
  isLink: boolean
  outcomes: Outcomes
  histogram: Histogram
}

export interface ServiceMap {
  nodes: MapNode[]
  edges: MapEdge[]
}

/** The graph as the map draws it; edges to services that are not there are left out. */
export function buildMap(services: GraphService[]): ServiceMap {
  const nodes = new Map(services.map(service => [service.ReferenceId, nodeOf(service)]))
  const edges = services.flatMap(service =>
    (service.Edges ?? []).flatMap(edge => {
      const from = nodes.get(service.ReferenceId)
      const to = nodes.get(edge.ReferenceId)
      return from && to ? [edgeOf(edge, from, to)] : []
    }),
  )
  return { nodes: [...nodes.values()], edges }
}

/**
 * The services with the most requests, at most so many, and who calls them; the map itself if it has no
 * more. Laying out thousands would keep the page busy for minutes, and nobody could read it.
 */
export function busiest(map: ServiceMap, most: number): ServiceMap {
  const services = map.nodes.filter(node => !node.isClient)
  if (services.length <= most) return map
  const kept = new Set(services.toSorted((a, b) => b.outcomes.total - a.outcomes.total).slice(0, most))
  for (const { from, to } of map.edges) if (from.isClient && kept.has(to)) kept.add(from)
  return {
    nodes: map.nodes.filter(node => kept.has(node)),
    edges: map.edges.filter(({ from, to }) => kept.has(from) && kept.has(to)),
  }
}

/** How often requests did not end well: 0 to 1. */
export function troubleShare({ ok, total }: Outcomes): number {
  return total > 0 ? 1 - ok / total : 0
}

/** Requests in the unit that suits their number: `12/s`, `3.5/min`, `2/h`. */
export function formatRate(count: number, seconds: number): string {
  const perSecond = count / Math.max(1e-9, seconds)
  const [value, unit] =
    perSecond >= 1
      ? [perSecond, 's']
      : perSecond * 60 >= 1
        ? [perSecond * 60, 'min']
        : [perSecond * 3600, 'h']
  return `${Number(value.toPrecision(value >= 100 ? 3 : 2)).toLocaleString('en')}/${unit}`
}

export function formatShare(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.1) return '<0.1%'
  return `${Number(percent.toFixed(percent < 10 ? 1 : 0))}%`
}

function nodeOf(service: GraphService): MapNode {
  const name = service.Name ?? service.Names?.[0] ?? '(no name)'
  return {
    key: `${name}|${service.Type ?? ''}`,
    name,
    type: service.Type,
    isClient: service.Type === 'client',
    outcomes: outcomesOf(service.SummaryStatistics),
    histogram: service.ResponseTimeHistogram ?? service.DurationHistogram ?? [],
  }
}

function edgeOf(edge: GraphEdge, from: MapNode, to: MapNode): MapEdge {
  return {
    key: `${from.key}>${to.key}`,
    from,
    to,
    isLink: edge.EdgeType === 'link',
    outcomes: outcomesOf(edge.SummaryStatistics),
    histogram: edge.ResponseTimeHistogram ?? [],
  }
}

function outcomesOf(statistics: Statistics = {}): Outcomes {
  const { OkCount = 0, ErrorStatistics, FaultStatistics, TotalResponseTime = 0 } = statistics
  const throttle = ErrorStatistics?.ThrottleCount ?? 0
  const error = ErrorStatistics?.OtherCount ?? 0
  const fault = FaultStatistics?.TotalCount ?? 0
  const total = statistics.TotalCount ?? OkCount + throttle + error + fault
  return {
    ok: OkCount,
    error,
    throttle,
    fault,
    total,
    mean: total > 0 ? TotalResponseTime / total : undefined,
  }
}
