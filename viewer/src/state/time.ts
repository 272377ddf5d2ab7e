import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { readRange, resolveRange, type TimeRange, writeRange } from '../model/time-range'
import { type Patch, useParameters } from './url'

/** "Now" moves only when someone refreshes: all that a page shows is of the same moment. */
let now = Date.now() / 1000
const listeners = new Set<() => void>()

/** Coming back to a page after this long shows what is new. */
const staleAfter = 120

export function refreshNow() {
  now = Date.now() / 1000
  for (const changed of listeners) changed()
}

export function refreshIfStale() {
  if (Date.now() / 1000 - now > staleAfter) refreshNow()
}

export interface TimeSelection {
  range: TimeRange
  start: number
  end: number
  setRange: (range: TimeRange, more?: Patch) => void
}

/** The range of time that the address holds. */
export function useTimeSelection(): TimeSelection {
  const [parameters, update] = useParameters()
  const moment = useSyncExternalStore(subscribe, () => now)
  const range = useMemo(() => readRange(parameters), [parameters])
  const setRange = useCallback(
    (next: TimeRange, more: Patch = {}) => {
      if (next.kind === 'last') refreshNow()
      update(
        { last: undefined, from: undefined, to: undefined, ...writeRange(next), ...more },
        { push: true },
      )
    },
    [update],
  )
  return { range, setRange, ...resolveRange(range, moment) }
}

function subscribe(changed: () => void) {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
