import { post } from './client'

export interface Statistics {
  OkCount?: number
  ErrorStatistics?: { ThrottleCount?: number; OtherCount?: number; TotalCount?: number }
  FaultStatistics?: { OtherCount?: number; TotalCount?: number }
  TotalCount?: number
  TotalResponseTime?: number
}

export type Histogram = { Value: number; Count: number }[]

export interface GraphEdge {
  ReferenceId: number
  SummaryStatistics?: Statistics
  ResponseTimeHistogram?: Histogram
  EdgeType?: string
}

export interface GraphService {
  ReferenceId: number
  Name?: string
  Names?: string[]
  Root?: boolean
  AccountId?: string
  Type?: string
  State?: string
  Edges?: GraphEdge[]
  SummaryStatistics?: Statistics
  DurationHistogram?: Histogram
  ResponseTimeHistogram?: Histogram
}

export interface ServiceGraph {
  Services: GraphService[]
  StartTime?: number
  EndTime?: number
  NextToken?: string
}

export interface GraphRequest {
  start: number
  end: number
  filter: string
}

/** The service graph of a range of time, all pages of it. */
export function getServiceGraph({ start, end, filter }: GraphRequest, signal?: AbortSignal) {
  const request = { StartTime: start, EndTime: end, ...(filter ? { FilterExpression: filter } : {}) }
  return allPages('/ServiceGraph', request, signal)
}

/** The service graph of single traces. */
export function getTraceGraph(traceIds: string[], signal?: AbortSignal) {
  return allPages('/TraceGraph', { TraceIds: traceIds }, signal)
}

async function allPages(path: string, request: object, signal?: AbortSignal): Promise<GraphService[]> {
  const services: GraphService[] = []
  let token: string | undefined
  do {
    const page: ServiceGraph = await post(path, token ? { ...request, NextToken: token } : request, signal)
    services.push(...page.Services)
    token = page.NextToken
  } while (token)
  return services
}
