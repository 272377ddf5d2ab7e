import { memo } from 'react'
import { Link } from 'wouter'
import type { TraceSummary } from '../../api/summaries'
import { HttpStatus, ProgressBadge, StatusBadge } from '../../components/Badge'
import { DurationBar } from '../../components/DurationBar'
import { ServiceDot } from '../../components/ServiceDot'
import { formatDuration } from '../../model/duration'
import { serviceColours } from '../../model/palette'
import { statusOf } from '../../model/status'
import { formatPrecise } from '../../model/time-range'
import { serviceNames } from './service-names'

interface Props {
  trace: TraceSummary
  top: number
  /** The duration that fills a bar, in seconds. */
  scale: number
  isActive: boolean
  isSelected: boolean
  onSelect: (id: string) => void
  /** Called before the trace is opened, so that the way back leads here. */
  onOpen: (id: string) => void
}

export const TraceRow = memo(function TraceRow({
  trace,
  top,
  scale,
  isActive,
  isSelected,
  onSelect,
  onOpen,
}: Props) {
  const status = statusOf({ fault: trace.HasFault, throttle: trace.HasThrottle, error: trace.HasError })
  const { HttpStatus: code, HttpMethod: method, HttpURL: url } = trace.Http ?? {}
  const services = serviceNames(trace)
  const root = trace.EntryPoint?.Name ?? services[0]
  const [day, time] = formatPrecise(trace.StartTime ?? 0).split(' ')
  return (
    <div
      className="trace-row"
      role="row"
      aria-current={isActive}
      aria-selected={isSelected}
      style={{ transform: `translateY(${top}px)` }}
    >
      <label className="trace-check">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label="Select to compare"
          onChange={() => onSelect(trace.Id)}
        />
      </label>
      <Link href={`/traces/${trace.Id}`} className="trace-time" onClick={() => onOpen(trace.Id)}>
        <span className="muted">{day}</span> {time}
      </Link>
      <DurationBar status={status} share={Math.min(1, (trace.Duration ?? 0) / scale)}>
        {formatDuration(trace.Duration)}
      </DurationBar>
      <span className="trace-status">
        <HttpStatus code={code} />
        {trace.IsPartial ? <ProgressBadge /> : <StatusBadge status={status} />}
      </span>
      <span className="mono muted">{method}</span>
      <span className="truncate" title={url}>
        {url ? <Address url={url} /> : <span className="muted">{root}</span>}
      </span>
      <span className="truncate" title={root}>
        {root}
      </span>
      <ServiceDots names={services} />
      <span className="truncate muted">{trace.Users?.[0]?.UserName}</span>
    </div>
  )
})

/** The path says more than the host: the host steps back. */
function Address({ url }: { url: string }) {
  const [, host, path] = /^([a-z]+:\/\/[^/]*)?(.*)$/s.exec(url) ?? []
  return (
    <>
      <span className="trace-host">{host}</span>
      {path}
    </>
  )
}

function ServiceDots({ names }: { names: string[] }) {
  const colours = serviceColours(names)
  return (
    <span className="service-dots" title={names.join(', ')}>
      {names.slice(0, 8).map(name => (
        <ServiceDot key={name} colour={colours.get(name)} />
      ))}
      <span className="muted">{names.length}</span>
    </span>
  )
}
