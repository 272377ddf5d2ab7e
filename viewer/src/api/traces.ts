import { ApiError, post } from './client'

/** A trace as BatchGetTraces answers it: documents are JSON in a string. */
export interface RawTrace {
  Id: string
  Duration?: number
  LimitExceeded?: boolean
  Segments: { Id: string; Document: string }[]
}

interface TracesAnswer {
  Traces: RawTrace[]
  UnprocessedTraceIds?: string[]
}

/** One trace with all its documents. */
export async function getTrace(id: string, signal?: AbortSignal): Promise<RawTrace> {
  const answer = await post<TracesAnswer>('/Traces', { TraceIds: [id] }, signal)
  const trace = answer.Traces[0]
  if (!trace || trace.Segments.length === 0) {
    throw new ApiError(404, 'NotFound', `There is no trace ${id} in the store.`)
  }
  return trace
}

export interface ImportAnswer {
  Imported: number
  Rejected: { ErrorCode?: string; Message?: string; Id?: string | null }[]
}

/** Puts the traces of an export file into the store. */
export function importTraces(file: string) {
  return post<ImportAnswer>('/api/import', file)
}
