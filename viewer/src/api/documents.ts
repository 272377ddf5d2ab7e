/** A segment document as the X-Ray format defines it; everything but the identity may be missing. */
export interface SegmentDocument extends EntityDocument {
  trace_id: string
  parent_id?: string
  type?: string
  user?: string
  origin?: string
  resource_arn?: string
  inferred?: boolean
  service?: Record<string, string>
  links?: Link[]
}

/** What segments and subsegments have in common. */
export interface EntityDocument {
  id: string
  name: string
  start_time: number
  end_time?: number
  in_progress?: boolean
  error?: boolean
  fault?: boolean
  throttle?: boolean
  namespace?: string
  http?: { request?: HttpRequest; response?: HttpResponse }
  aws?: Record<string, unknown>
  sql?: Record<string, string>
  cause?: Cause | string
  annotations?: Record<string, string | number | boolean>
  metadata?: Record<string, unknown>
  precursor_ids?: string[]
  subsegments?: EntityDocument[]
}

export interface HttpRequest {
  method?: string
  url?: string
  user_agent?: string
  client_ip?: string
  x_forwarded_for?: boolean
  traced?: boolean
}

export interface HttpResponse {
  status?: number
  content_length?: number | string
}

export interface Cause {
  working_directory?: string
  paths?: string[]
  exceptions?: ExceptionDocument[]
}

export interface ExceptionDocument {
  id?: string
  type?: string
  message?: string
  remote?: boolean
  truncated?: number
  skipped?: number
  cause?: string
  stack?: StackFrame[]
}

export interface StackFrame {
  path?: string
  line?: number
  label?: string
}

/** A link to a segment of another trace. */
export interface Link {
  trace_id: string
  id: string
  attributes?: Record<string, unknown>
}
