import { useEffect, useEffectEvent, useState } from 'react'
import type { TraceSummary } from '../api/summaries'

export type LiveState = 'off' | 'connecting' | 'open' | 'lost'

export interface Live {
  state: LiveState
  /** Changes that came too quickly to be told one by one. */
  skipped: number
}

/** How often arrivals are shown: often enough to feel live, seldom enough to read. */
const showEvery = 400

/** Follows traces as they arrive, and hands them over in small batches. */
export function useLive(isOn: boolean, filter: string, show: (traces: TraceSummary[]) => void): Live {
  const [state, setState] = useState<LiveState>('off')
  const [skipped, setSkipped] = useState(0)
  const flush = useEffectEvent(show)
  useEffect(() => {
    if (!isOn) return setState('off')
    setState('connecting')
    setSkipped(0)
    const source = new EventSource(`/api/live?${new URLSearchParams(filter ? { filter } : {})}`)
    let arrived: TraceSummary[] = []
    source.addEventListener('open', () => setState('open'))
    source.addEventListener('error', () => setState('lost'))
    source.addEventListener('trace', event => {
      arrived.push(JSON.parse(event.data) as TraceSummary)
    })
    source.addEventListener('skipped', event => {
      const { Count } = JSON.parse(event.data) as { Count: number }
      setSkipped(before => before + Count)
    })
    const timer = setInterval(() => {
      if (arrived.length === 0) return
      const batch = arrived
      arrived = []
      flush(batch)
    }, showEvery)
    return () => {
      source.close()
      clearInterval(timer)
    }
  }, [isOn, filter])
  return { state, skipped }
}
