import { post } from './client'

/** A service as summaries name it. */
export interface ServiceId {
  Name?: string
  Names?: string[]
  AccountId?: string
  Type?: string
}

/** One line of the trace list. */
export interface TraceSummary {
  Id: string
  StartTime?: number
  Duration?: number
  ResponseTime?: number
  HasFault?: boolean
  HasError?: boolean
  HasThrottle?: boolean
  IsPartial?: boolean
  Http?: { HttpURL?: string; HttpStatus?: number; HttpMethod?: string; UserAgent?: string; ClientIp?: string }
  Users?: { UserName?: string; ServiceIds?: ServiceId[] }[]
  ServiceIds?: ServiceId[]
  EntryPoint?: ServiceId
  Revision?: number
  MatchedEventTime?: number
}

export interface SummariesRequest {
  start: number
  end: number
  filter: string
}

export interface SummariesPage {
  TraceSummaries: TraceSummary[]
  ApproximateTime?: number
  TracesProcessedCount?: number
  NextToken?: string
}

/** A page of summaries, newest first. */
export function getTraceSummaries(request: SummariesRequest, token?: string, signal?: AbortSignal) {
  return post<SummariesPage>(
    '/TraceSummaries',
    { ...windowOf(request), ...(token ? { NextToken: token } : {}) },
    signal,
  )
}

/** How latency and requests are distributed over all traces that a filter selects. */
export interface Distribution {
  Durations: { Value: number; Count: number }[]
  Times: { Time: number; OkCount: number; ErrorCount: number; FaultCount: number; ThrottleCount: number }[]
  TracesProcessedCount: number
  IsComplete: boolean
}

export function getDistribution(request: SummariesRequest, signal?: AbortSignal) {
  return post<Distribution>('/api/distribution', windowOf(request), signal)
}

/** Traces are chosen by when something happened in them: W3C trace ids hold no time. */
function windowOf({ start, end, filter }: SummariesRequest) {
  const range = { StartTime: start, EndTime: end, TimeRangeType: 'Event' }
  return filter.trim() ? { ...range, FilterExpression: filter } : range
}
