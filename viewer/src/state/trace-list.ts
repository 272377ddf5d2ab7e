import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { getTraceSummaries, type SummariesRequest, type TraceSummary } from '../api/summaries'

export interface TraceListState {
  rows: TraceSummary[]
  isLoading: boolean
  /** Everything that the filter selects is in `rows`. */
  isComplete: boolean
  error: Error | undefined
}

/** A live list that runs for days must not grow for days. */
const mostLiveRows = 2_000

/** The traces that a filter selects, loaded page by page as they are looked at. */
export class TraceList {
  readonly request: SummariesRequest
  #state: TraceListState = { rows: [], isLoading: false, isComplete: false, error: undefined }
  #token: string | undefined
  #ids = new Set<string>()
  #listeners = new Set<() => void>()

  constructor(request: SummariesRequest) {
    this.request = request
  }

  state = () => this.#state

  subscribe = (changed: () => void) => {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  async loadMore() {
    if (this.#state.isLoading || this.#state.isComplete || this.#state.error) return
    this.#set({ isLoading: true })
    try {
      const page = await getTraceSummaries(this.request, this.#token)
      this.#token = page.NextToken
      // Pages come newest first; what the live feed has brought already is in its place.
      const fresh = page.TraceSummaries.filter(({ Id }) => !this.#ids.has(Id))
      for (const { Id } of fresh) this.#ids.add(Id)
      const rows = [...this.#state.rows, ...fresh]
      this.#set({ rows, isLoading: false, isComplete: !page.NextToken })
    } catch (failure) {
      this.#set({ isLoading: false, error: failure as Error })
    }
  }

  /** Puts traces that changed in their place. */
  merge(changed: TraceSummary[]) {
    const rows = merged(this.#state.rows, changed, Math.max(mostLiveRows, this.#state.rows.length))
    this.#ids = new Set(rows.map(({ Id }) => Id))
    this.#set({ rows })
  }

  #set(change: Partial<TraceListState>) {
    this.#state = { ...this.#state, ...change }
    for (const changed of this.#listeners) changed()
  }
}

const lists = new Map<string, TraceList>()

/** The list of a request; the last few stay, so that going back shows them at once. */
export function useTraceList(request: SummariesRequest): [TraceListState, TraceList] {
  const key = JSON.stringify(request)
  const list = useMemo(() => listFor(key), [key])
  const state = useSyncExternalStore(list.subscribe, list.state)
  useEffect(() => {
    if (list.state().rows.length === 0) void list.loadMore()
  }, [list])
  return [state, list]
}

function listFor(key: string): TraceList {
  const list = lists.get(key) ?? new TraceList(JSON.parse(key) as SummariesRequest)
  lists.delete(key)
  lists.set(key, list)
  const [oldest] = lists.keys()
  if (lists.size > 6 && oldest !== undefined) lists.delete(oldest)
  return list
}

function merged(rows: TraceSummary[], changed: TraceSummary[], most: number): TraceSummary[] {
  const byId = new Map(rows.map(row => [row.Id, row]))
  for (const row of changed) byId.set(row.Id, row)
  const all = [...byId.values()].sort((a, b) => (b.StartTime ?? 0) - (a.StartTime ?? 0))
  return all.length > most ? all.slice(0, most) : all
}
