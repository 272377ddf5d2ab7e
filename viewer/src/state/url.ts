import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { useSearch } from 'wouter'
import { navigate } from 'wouter/use-browser-location'

export type Patch = Record<string, string | undefined>

/**
 * Browsers ignore changes of the address when there are many in a short time, as when someone holds
 * a key down. What is shown follows at once; the address follows at most this often (milliseconds).
 */
const writeEvery = 200

/** Parameters that the address does not have yet. */
let ahead: { path: string; search: string } | undefined
let timer: ReturnType<typeof setTimeout> | undefined
let writtenAt = 0
const listeners = new Set<() => void>()

/** The parameters of the address, and how to change some of them; undefined removes one. */
export function useParameters(): [URLSearchParams, (patch: Patch, options?: { push?: boolean }) => void] {
  const written = useSearch()
  const search = useSyncExternalStore(subscribe, searchAhead) ?? written
  const parameters = useMemo(() => new URLSearchParams(search), [search])
  const update = useCallback(change, [])
  return [parameters, update]
}

/** An address with parameters; those without a value are left out. */
export function address(path: string, parameters: Patch): string {
  const query = withPatch(new URLSearchParams(), parameters)
  return query ? `${path}?${query}` : path
}

/** The parameters that lists and the map share: going from one to the other keeps what is looked at. */
export function sharedParameters(parameters: URLSearchParams): Patch {
  const shared: Patch = {}
  for (const name of ['last', 'from', 'to', 'q']) shared[name] = parameters.get(name) ?? undefined
  return shared
}

function change(patch: Patch, options: { push?: boolean } = {}) {
  const path = window.location.pathname
  const before = searchAhead() ?? window.location.search.slice(1)
  const search = withPatch(new URLSearchParams(before), patch)
  if (search === before) return
  if (options.push) {
    write()
    navigate(search ? `${path}?${search}` : path)
    return
  }
  ahead = { path, search }
  const wait = writtenAt + writeEvery - performance.now()
  if (wait <= 0) write()
  else timer ??= setTimeout(write, wait)
  for (const changed of listeners) changed()
}

/** Brings the address up to date. */
function write() {
  clearTimeout(timer)
  timer = undefined
  const search = searchAhead()
  const path = ahead?.path
  ahead = undefined
  if (path === undefined || search === undefined) return
  writtenAt = performance.now()
  navigate(search ? `${path}?${search}` : path, { replace: true, state: history.state })
  for (const changed of listeners) changed()
}

// What follows may lead to another page, and the way back must lead to where this one was.
window.addEventListener('pointerdown', write, true)
window.addEventListener('keydown', event => event.key === 'Enter' && write(), true)

function searchAhead(): string | undefined {
  return ahead && ahead.path === window.location.pathname ? ahead.search : undefined
}

function subscribe(changed: () => void) {
  listeners.add(changed)
  return () => listeners.delete(changed)
}

function withPatch(parameters: URLSearchParams, patch: Patch): string {
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || value === '') parameters.delete(name)
    else parameters.set(name, value)
  }
  // Addresses are read by people: what needs no escape in a query gets none.
  return parameters.toString().replaceAll('%7E', '~').replaceAll('%3A', ':').replaceAll('%2C', ',')
}
