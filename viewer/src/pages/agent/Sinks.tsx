import type { Incident, SinkHealth } from '../../api/health'
import { formatMoment } from '../../model/time-range'

const states = {
  waiting: { label: 'Nothing sent yet', look: '' },
  working: { label: 'Working', look: 'ok' },
  failing: { label: 'Failing', look: 'fault' },
}

/** Where documents are forwarded to, and how that goes. */
export function Sinks({ sinks }: { sinks: SinkHealth[] }) {
  if (sinks.length === 0) {
    return (
      <div className="panel agent-none">
        <p>This agent keeps and shows traces, and forwards them nowhere.</p>
        <p className="muted">
          <code>fluoro agent --forward xray</code> sends them to AWS X-Ray as well,{' '}
          <code>--forward otlp=http://host:4318</code> to an OpenTelemetry backend.
        </p>
      </div>
    )
  }
  return (
    <div className="panel table-scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Backend</th>
            <th>State</th>
            <th className="number">Sent</th>
            <th className="number">Waiting</th>
            <th className="number">Refused</th>
            <th className="number">Expired unsent</th>
            <th className="number">Retries</th>
          </tr>
        </thead>
        {sinks.map(sink => (
          <tbody key={sink.Name}>
            <tr>
              <td>
                <code>{sink.Name}</code>
              </td>
              <td>
                <span className={`badge ${states[sink.State].look}`}>{states[sink.State].label}</span>{' '}
                <span className="muted">since {formatMoment(sink.Since)}</span>
              </td>
              <td className="number">{sink.Sent.toLocaleString()}</td>
              <td className="number">{sink.Pending.toLocaleString()}</td>
              <Bad count={sink.Refused} />
              <Bad count={sink.Expired} />
              <td className="number">{sink.Retries.toLocaleString()}</td>
            </tr>
            <Happened what="Last error" incident={sink.LastError} />
            <Happened what="Last refusal" incident={sink.LastRefusal} />
          </tbody>
        ))}
      </table>
    </div>
  )
}

function Bad({ count }: { count: number }) {
  return <td className={`number ${count > 0 ? 'problem' : ''}`}>{count.toLocaleString()}</td>
}

function Happened({ what, incident }: { what: string; incident: Incident | null }) {
  if (!incident) return null
  return (
    <tr className="agent-incident">
      <td className="muted">
        {what}, {formatMoment(incident.At)}
      </td>
      <td colSpan={6}>
        <code>{incident.Message}</code>
      </td>
    </tr>
  )
}
