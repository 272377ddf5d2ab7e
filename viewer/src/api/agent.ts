import { get } from './client'

export interface RejectedDocument {
  Number: number
  ReceivedAt: number
  Source: string
  ErrorCode: string
  Message: string
  SegmentId?: string | null
  TraceId?: string | null
  Document: string
}

export interface RejectedPage {
  Rejected: RejectedDocument[]
  Total: number
}

/** Documents that AWS X-Ray would reject, newest first. */
export function getRejected(before: number | undefined, limit: number, signal?: AbortSignal) {
  const query = new URLSearchParams({ limit: String(limit) })
  if (before !== undefined) query.set('before', String(before))
  return get<RejectedPage>(`/api/rejected?${query}`, signal)
}

export type CompletionKind = 'annotation' | 'annotation-value' | 'service' | 'user' | 'url'

/** Values that occur in the store, for completion. */
export async function getCompletions(
  kind: CompletionKind,
  prefix: string,
  key?: string,
  signal?: AbortSignal,
): Promise<(string | number | boolean)[]> {
  const query = new URLSearchParams({ kind, prefix })
  if (key) query.set('key', key)
  const answer = await get<{ Values: (string | number | boolean)[] }>(`/api/completions?${query}`, signal)
  return answer.Values
}
