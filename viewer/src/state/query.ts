import { useCallback, useEffect, useEffectEvent, useRef, useSyncExternalStore } from 'react'

/** What is known of an answer. */
export interface Query<Data> {
  data: Data | undefined
  error: Error | undefined
  isLoading: boolean
  /** Asks again; what is shown stays until the answer is there. */
  reload: () => void
}

interface Entry {
  data?: unknown
  error?: Error
  request?: AbortController
}

const entries = new Map<string, Entry>()
const listeners = new Map<string, Set<() => void>>()
const nothing: Entry = {}

/** Answers that nobody looks at are kept for the way back, the oldest leave first. */
const mostEntries = 48

/** Asks once per key, and shares the answer between everyone who has the key. */
export function useQuery<Data>(
  key: string | undefined,
  load: (signal: AbortSignal) => Promise<Data>,
  options: { keepPrevious?: boolean } = {},
): Query<Data> {
  const subscribe = useCallback((changed: () => void) => (key ? listen(key, changed) : () => {}), [key])
  const entry = useSyncExternalStore(subscribe, () => (key && entries.get(key)) || nothing)
  const ask = useEffectEvent((of: string) => void fetchInto(of, load))
  useEffect(() => {
    if (key && !entries.get(key)?.request && entries.get(key)?.data === undefined) ask(key)
  }, [key])
  const latest = useRef<Data>(undefined)
  if (entry.data !== undefined) latest.current = entry.data as Data
  const kept = options.keepPrevious && !entry.error ? latest.current : undefined
  return {
    data: (entry.data as Data | undefined) ?? kept,
    error: entry.error,
    isLoading: key !== undefined && !entry.error && (entry.data === undefined || entry.request !== undefined),
    reload: () => key && void fetchInto(key, load),
  }
}

/** Forgets answers whose key begins so: something was changed. */
export function forget(prefix: string) {
  for (const key of [...entries.keys()]) {
    if (key.startsWith(prefix)) entries.delete(key)
  }
}

async function fetchInto<Data>(key: string, load: (signal: AbortSignal) => Promise<Data>) {
  const request = new AbortController()
  entries.get(key)?.request?.abort()
  const before = entries.get(key)?.data
  publish(key, before === undefined ? { request } : { data: before, request })
  try {
    const data = await load(request.signal)
    if (!request.signal.aborted) publish(key, { data })
  } catch (failure) {
    if (!request.signal.aborted) publish(key, { error: failure as Error })
  }
}

function publish(key: string, entry: Entry) {
  entries.delete(key)
  entries.set(key, entry)
  for (const [other] of entries) {
    if (entries.size <= mostEntries) break
    if (!listeners.has(other)) entries.delete(other)
  }
  for (const changed of listeners.get(key) ?? []) changed()
}

function listen(key: string, changed: () => void) {
  const group = listeners.get(key) ?? new Set()
  listeners.set(key, group.add(changed))
  return () => {
    group.delete(changed)
    if (group.size > 0) return
    listeners.delete(key)
    const entry = entries.get(key)
    entry?.request?.abort()
    if (entry?.request) entries.delete(key)
  }
}
