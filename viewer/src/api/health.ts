import { get } from './client'

/** What the agent tells about itself. */
export interface AgentHealth {
  Version: string
  UptimeSeconds: number
  StartedAt?: number
  Listeners: { Name: string; Address: string; Purpose: string }[]
  Sources: { Name: string; Received: number; Kept: number; Rejected: number }[]
  Lost: { Reason: string; Count: number }[]
  Store: StoreHealth
  Sinks: SinkHealth[]
}

export interface StoreHealth {
  Bytes: number
  Buckets: number
  Documents: number
  Traces: number
  Rejected: number
  Oldest: number | null
  Expired: number
}

export interface SinkHealth {
  Name: string
  State: 'waiting' | 'working' | 'failing'
  Since: number
  Sent: number
  Refused: number
  Expired: number
  Pending: number
  Retries: number
  LastError: Incident | null
  LastRefusal: Incident | null
}

export interface Incident {
  Message: string
  At: number
}

export function getAgentHealth(signal?: AbortSignal) {
  return get<AgentHealth>('/api/agent', signal)
}
