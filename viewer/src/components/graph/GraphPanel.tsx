import { useMemo } from 'react'
import { Link } from 'wouter'
import type { Histogram } from '../../api/graph'
import { formatDuration } from '../../model/duration'
import { latencyAt, latencyBins, latencyTicks, percentile } from '../../model/latency-bins'
import { formatRate, formatShare, type MapEdge, type MapNode, type Outcomes } from '../../model/service-graph'
import { Chart } from '../Chart'
import { Icon } from '../Icon'
import { IconButton } from '../IconButton'
import './graph-panel.css'

interface Props {
  subject: MapNode | MapEdge
  seconds: number | undefined
  /** The address of the subject in the timeline of its trace. */
  timeline?: string
  /** The address of the traces that have the subject with something more to it, say `fault`. */
  tracesWith?: (condition: string) => string
  /** Called with two response times in seconds when a range of them was dragged. */
  onBrush?: (from: number, to: number) => void
  close: () => void
}

/** Numbers of a service, or of the calls between two. */
export function GraphPanel({ subject, seconds, timeline, tracesWith, onBrush, close }: Props) {
  const { outcomes, histogram } = subject
  return (
    <aside className="graph-panel" aria-label="Numbers">
      <header>
        <div>
          <h2>{'from' in subject ? `${subject.from.name} → ${subject.to.name}` : subject.name}</h2>
          <span className="muted">{'from' in subject ? 'as the caller sees it' : subject.type}</span>
        </div>
        <IconButton quiet icon="close" label="Close" title="Close (esc)" onClick={close} />
      </header>
      {outcomes.total > 0 && (
        <>
          <Numbers outcomes={outcomes} histogram={histogram} seconds={seconds} />
          <OutcomeShares outcomes={outcomes} />
          <ResponseTimes histogram={histogram} onBrush={onBrush} />
        </>
      )}
      {timeline && (
        <div className="graph-actions">
          <Link className="button primary" href={timeline}>
            <Icon name="traces" />
            Show in the timeline
          </Link>
        </div>
      )}
      {tracesWith && (
        <div className="graph-actions">
          <Link className="button primary" href={tracesWith('')}>
            <Icon name="traces" />
            View traces
          </Link>
          {outcomes.fault > 0 && (
            <Link className="button" href={tracesWith('fault')}>
              With faults
            </Link>
          )}
          {outcomes.error + outcomes.throttle > 0 && (
            <Link className="button" href={tracesWith('error')}>
              With errors
            </Link>
          )}
        </div>
      )}
    </aside>
  )
}

function Numbers({
  outcomes,
  histogram,
  seconds,
}: {
  outcomes: Outcomes
  histogram: Histogram
  seconds: number | undefined
}) {
  const numbers = {
    Requests: outcomes.total.toLocaleString(),
    ...(seconds === undefined ? {} : { Rate: formatRate(outcomes.total, seconds) }),
    Mean: formatDuration(outcomes.mean),
    p50: formatDuration(percentile(histogram, 0.5)),
    p90: formatDuration(percentile(histogram, 0.9)),
    p99: formatDuration(percentile(histogram, 0.99)),
  }
  return (
    <dl className="graph-numbers">
      {Object.entries(numbers).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function OutcomeShares({ outcomes }: { outcomes: Outcomes }) {
  const { ok, error, throttle, fault, total } = outcomes
  const kinds = Object.entries({ ok, error, throttle, fault }).filter(([, count]) => count > 0)
  return (
    <div className="graph-outcomes">
      <div className="graph-outcomes-bar">
        {kinds.map(([kind, count]) => (
          <i key={kind} className={kind} style={{ flexGrow: count }} />
        ))}
      </div>
      {kinds.map(([kind, count]) => (
        <div key={kind} className="graph-outcome">
          <i className={kind} />
          <span>{{ ok: 'OK', error: 'Error', throttle: 'Throttled', fault: 'Fault' }[kind]}</span>
          <span>{count.toLocaleString()}</span>
          <span className="muted">{formatShare(count / total)}</span>
        </div>
      ))}
    </div>
  )
}

function ResponseTimes({ histogram, onBrush }: { histogram: Histogram; onBrush: Props['onBrush'] }) {
  const { bounds, edges, series, ticks } = useMemo(() => {
    const bins = latencyBins(histogram, 32)
    const values = [{ label: 'requests', colour: '--accent', values: bins.counts }]
    return {
      bounds: bins.edges,
      edges: bins.edges.map((_, at) => at),
      series: values,
      ticks: latencyTicks(bins.edges),
    }
  }, [histogram])
  if (edges.length === 0) return null
  const brush = onBrush && {
    onBrush: (from: number, to: number) => onBrush(latencyAt(bounds, from), latencyAt(bounds, to)),
  }
  return (
    <Chart
      label="Response time"
      height={130}
      edges={edges}
      series={series}
      ticks={ticks}
      format={place => formatDuration(latencyAt(bounds, place))}
      {...brush}
    />
  )
}
