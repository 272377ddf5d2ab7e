import { useState } from 'react'
import { BackToList } from '../../components/BackToList'
import { HttpStatus, StatusBadge } from '../../components/Badge'
import { CopyButton } from '../../components/CopyButton'
import { Icon } from '../../components/Icon'
import { IconButton } from '../../components/IconButton'
import { formatDuration } from '../../model/duration'
import { titleOf } from '../../model/entity-label'
import { exportFile } from '../../model/export'
import { statusOf } from '../../model/status'
import { formatPrecise } from '../../model/time-range'
import { durationOf, type Trace } from '../../model/trace'
import { toW3c } from '../../model/trace-id'
import { CompareWith } from './CompareWith'
import type { TraceView } from './useTraceView'
import './trace-header.css'

interface Props {
  trace: Trace
  view: TraceView
  reload: () => void
}

const modes = [
  { mode: 'timeline', icon: 'traces', label: 'Timeline' },
  { mode: 'map', icon: 'map', label: 'Map' },
] as const

/** What the trace is, and what can be done with it. */
export function TraceHeader({ trace, view, reload }: Props) {
  const root = trace.entities[trace.roots[0] ?? 0]
  const { service, action } = titleOf(root)
  const [isComparing, setComparing] = useState(false)
  return (
    <header className="trace-header">
      <div className="trace-title">
        <BackToList />
        <h1 className="truncate">
          {service} <span className="muted">{action}</span>
        </h1>
        {root && <HttpStatus code={root.document.http?.response?.status} />}
        {root && <StatusBadge status={statusOf(root)} />}
        {trace.isPartial && (
          <span className="badge progress" title="Something is in progress, or a parent has not arrived">
            <i className="pulse" />
            Partial
          </span>
        )}
        {trace.limitExceeded && <span className="badge error">Too large: parts are missing</span>}
        <span className="trace-actions">
          <fieldset className="button-group" aria-label="View">
            {modes.map(({ mode, icon, label }) => (
              <button
                key={mode}
                type="button"
                className="button"
                aria-pressed={view.mode === mode}
                onClick={() => view.setMode(mode)}
              >
                <Icon name={icon} />
                <span className="wide-only">{label}</span>
              </button>
            ))}
          </fieldset>
          <button type="button" className="button" onClick={() => setComparing(true)}>
            <Icon name="compare" />
            <span className="wide-only">Compare</span>
          </button>
          <button
            type="button"
            className="button"
            title="Save the trace as JSON"
            onClick={() => download(trace)}
          >
            <Icon name="download" />
            <span className="wide-only">Export</span>
          </button>
          <IconButton icon="refresh" label="Refresh" title="Refresh" onClick={reload} />
        </span>
      </div>
      <dl className="trace-facts">
        <Fact name="Trace">
          <span className="mono" title={`W3C: ${toW3c(trace.id)}`}>
            {trace.id}
          </span>
          <CopyButton text={trace.id} what="trace id" />
        </Fact>
        <Fact name="Start">{formatPrecise(trace.start)}</Fact>
        <Fact name="Duration">{formatDuration(durationOf(trace))}</Fact>
        <Fact name="Services">{trace.services.length.toLocaleString()}</Fact>
        <Fact name="Segments">
          {trace.entities.filter(entity => entity.isSegment).length.toLocaleString()}
        </Fact>
        <Fact name="Subsegments">
          {trace.entities.filter(entity => !entity.isSegment).length.toLocaleString()}
        </Fact>
        <Fact name="Levels">{view.deepest + 1}</Fact>
      </dl>
      {isComparing && <CompareWith id={trace.id} close={() => setComparing(false)} />}
    </header>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function download(trace: Trace) {
  const address = URL.createObjectURL(new Blob([exportFile([trace.raw])], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `trace-${trace.id}.json`
  link.click()
  URL.revokeObjectURL(address)
}
