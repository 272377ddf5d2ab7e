import { useMemo } from 'react'
import { getDistribution, type SummariesRequest } from '../../api/summaries'
import { Chart } from '../../components/Chart'
import { formatDuration } from '../../model/duration'
import { withDuration } from '../../model/filter'
import { latencyAt, latencyBins, latencyTicks } from '../../model/latency-bins'
import { binTimes } from '../../model/time-bins'
import { rangeBetween, type TimeRange, timeOf } from '../../model/time-range'
import { useQuery } from '../../state/query'

interface Props {
  request: SummariesRequest
  onFilter: (filter: string) => void
  onRange: (range: TimeRange) => void
}

const height = 104

/** Latency and requests over time of everything that the filter selects; brush to narrow it. */
export function TraceCharts({ request, onFilter, onRange }: Props) {
  const { start, end, filter } = request
  const { data } = useQuery(
    `distribution ${JSON.stringify(request)}`,
    signal => getDistribution(request, signal),
    { keepPrevious: true },
  )
  const latency = useMemo(() => {
    const { counts, edges } = latencyBins(data?.Durations ?? [], 60)
    const values = [{ label: 'traces', colour: '--accent', values: counts }]
    return { bounds: edges, edges: edges.map((_, at) => at), series: values, ticks: latencyTicks(edges) }
  }, [data])
  const times = useMemo(() => binTimes(data?.Times ?? [], start, end, 80), [data, start, end])
  const latencyOf = (place: number) => latencyAt(latency.bounds, place)
  if (!data || data.Durations.length === 0) return <div className="trace-charts-none" />
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
