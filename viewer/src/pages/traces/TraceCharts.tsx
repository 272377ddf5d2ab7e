import { useEffect, useMemo, useState } from 'react'
import { getDistribution, type SummariesRequest } from '../../api/summaries'
import { Chart } from '../../components/Chart'
import { formatDuration } from '../../model/duration'
import { withDuration } from '../../model/filter'
import { latencyAt, latencyBins, latencyTicks } from '../../model/latency-bins'
import { rangeBetween, type TimeRange, timeOf } from '../../model/time-range'
import { timeSlices } from '../../model/time-slices'
import { useQuery } from '../../state/query'
import './trace-charts.css'

interface Props {
  request: SummariesRequest
  /** The range ends now, and now goes on. */
  followsNow: boolean
  onFilter: (filter: string) => void
  onRange: (range: TimeRange) => void
}

const height = 104

/** Latency and requests over time of everything that the filter selects; brush to narrow it. */
export function TraceCharts({ request: asked, followsNow, onFilter, onRange }: Props) {
  const request = useFollowing(asked, followsNow)
  const { filter } = request
  const { data, isLoading } = useQuery(
    `distribution ${JSON.stringify(request)}`,
    signal => getDistribution(request, signal),
    { keepPrevious: true },
  )
  const latency = useMemo(() => {
    const { counts, edges } = latencyBins(data?.Durations ?? [], 60)
    const values = [{ label: 'traces', colour: '--accent', values: counts }]
    return { bounds: edges, edges: edges.map((_, at) => at), series: values, ticks: latencyTicks(edges) }
  }, [data])
  const times = useMemo(() => timeSlices(data?.Times ?? []), [data])
  const latencyOf = (place: number) => latencyAt(latency.bounds, place)
  // The list must not jump when the charts come.
  if (!data && isLoading) return <div className="trace-charts-awaited" />
  if (!data || data.Durations.length === 0) return null
  return (
    <div className="trace-charts">
      <Chart
        label="Requests"
        height={height}
        isTime
        edges={times.edges}
        series={times.series}
        format={timeOf}
        onBrush={(from, to) => onRange(rangeBetween(from, to))}
      />
      <Chart
        label="Latency"
        height={height}
        edges={latency.edges}
        ticks={latency.ticks}
        series={latency.series}
        format={place => formatDuration(latencyOf(place))}
        onBrush={(from, to) => onFilter(withDuration(filter, latencyOf(from), latencyOf(to)))}
      />
    </div>
  )
}

/** How often charts of a live list are drawn anew. */
const followEvery = 5_000

function useFollowing(request: SummariesRequest, isOn: boolean): SummariesRequest {
  const [now, setNow] = useState(0)
  useEffect(() => {
    if (!isOn) return
    const timer = setInterval(() => setNow(Date.now() / 1000), followEvery)
    return () => clearInterval(timer)
  }, [isOn])
  const ahead = isOn ? Math.max(0, now - request.end) : 0
  return { ...request, start: request.start + ahead, end: request.end + ahead }
}
