import { useCallback, useMemo } from 'react'
import { useLocation, useSearch } from 'wouter'

export type Patch = Record<string, string | undefined>

/** The parameters of the address, and how to change some of them; undefined removes one. */
export function useParameters(): [URLSearchParams, (patch: Patch, options?: { push?: boolean }) => void] {
  const search = useSearch()
  const [, navigate] = useLocation()
  const parameters = useMemo(() => new URLSearchParams(search), [search])
  const update = useCallback(
    (patch: Patch, options: { push?: boolean } = {}) => {
      const { pathname, search: before } = window.location
      const next = withPatch(new URLSearchParams(before), patch)
      if (next === before.replace(/^\?/, '')) return
      navigate(next ? `${pathname}?${next}` : pathname, { replace: !options.push })
    },
    [navigate],
  )
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
  for (const name of ['last', 'from', 'to']) shared[name] = parameters.get(name) ?? undefined
  return shared
}

function withPatch(parameters: URLSearchParams, patch: Patch): string {
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined || value === '') parameters.delete(name)
    else parameters.set(name, value)
  }
  // Addresses are read by people: what needs no escape in a query gets none.
  return parameters.toString().replaceAll('%7E', '~').replaceAll('%3A', ':').replaceAll('%2C', ',')
}
