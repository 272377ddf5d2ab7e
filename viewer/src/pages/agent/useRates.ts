import { useState } from 'react'
import type { AgentHealth } from '../../api/health'

/** Documents a second by source, from the last two readings. */
export function useRates(health: AgentHealth | undefined): Map<string, number> | undefined {
  const [readings, setReadings] = useState<AgentHealth[]>([])
  const last = readings.at(-1)
  if (health && health !== last) setReadings([...readings, health].slice(-2))
  const [before, after] = readings
  if (!before || !after || after.UptimeSeconds <= before.UptimeSeconds) return undefined
  const seconds = after.UptimeSeconds - before.UptimeSeconds
  return new Map(
    after.Sources.map(({ Name, Received }) => {
      const earlier = before.Sources.find(source => source.Name === Name)?.Received ?? 0
      return [Name, (Received - earlier) / seconds]
    }),
  )
}

/** All of them together, as it is shown. */
export function sumOf(rates: Map<string, number>): string {
  const sum = [...rates.values()].reduce((total, rate) => total + rate, 0)
  return sum >= 100 ? Math.round(sum).toLocaleString() : sum.toFixed(1)
}
