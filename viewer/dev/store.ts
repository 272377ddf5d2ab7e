import type { SegmentDocument } from '../src/api/documents'
import type { TraceSummary } from '../src/api/summaries'
import { Shop } from '../tests/documents.ts'

export interface FixtureStore {
  traces: Map<string, SegmentDocument[]>
  summaries: TraceSummary[]
  add(start: number): TraceSummary
}

/** Traces of the last hours, denser towards now. */
export function makeStore(count: number): FixtureStore {
  const shop = new Shop(7)
  const store: FixtureStore = {
    traces: new Map(),
    summaries: [],
    add(start) {
      return put(store, shop.request(start))
    },
  }
  const now = Date.now() / 1000
  for (let at = 0; at < count; at++) store.add(now - 5 - 20_000 * ((count - at) / count) ** 2)
  if (count > 0) {
    put(store, shop.large(now - 60, 10_000))
    put(store, shop.inProgress(now - 30))
  }
  store.summaries.sort((a, b) => b.StartTime! - a.StartTime!)
  return store
}

export function put(store: FixtureStore, documents: SegmentDocument[]): TraceSummary {
  const summary = summaryOf(documents)
  store.traces.set(summary.Id, documents)
  store.summaries.unshift(summary)
  return summary
}

function summaryOf(documents: SegmentDocument[]): TraceSummary {
  const root = documents[0]!
  const service = { Name: root.name, Names: [root.name], Type: 'AWS::EC2::Instance' }
  const { request, response } = root.http ?? {}
  return {
    Id: root.trace_id,
    StartTime: root.start_time,
    Duration: (root.end_time ?? root.start_time) - root.start_time,
    ResponseTime: (root.end_time ?? root.start_time) - root.start_time,
    HasFault: root.fault ?? false,
    HasError: root.error ?? false,
    HasThrottle: root.throttle ?? false,
    IsPartial: root.in_progress ?? false,
    Http: {
      ...(request?.url ? { HttpURL: request.url } : {}),
      ...(request?.method ? { HttpMethod: request.method } : {}),
      ...(response?.status ? { HttpStatus: response.status } : {}),
    },
    Users: root.user ? [{ UserName: root.user, ServiceIds: [service] }] : [],
    ServiceIds: documents.map(document => ({
      Name: document.name,
      Names: [document.name],
      Type: 'AWS::EC2::Instance',
    })),
    EntryPoint: service,
  }
}
