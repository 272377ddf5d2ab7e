import { Link } from 'wouter'
import type { AgentHealth } from '../../api/health'

/** What came in, by the way it came. */
export function Sources({ health, rates }: { health: AgentHealth; rates: Map<string, number> | undefined }) {
  return (
    <div className="panel table-scroll">
      <table className="table">
        <thead>
          <tr>
            <th>Source</th>
            <th className="number">A second</th>
            <th className="number">Received</th>
            <th className="number">Kept</th>
            <th className="number">Rejected</th>
          </tr>
        </thead>
        <tbody>
          {health.Sources.map(source => (
            <tr key={source.Name}>
              <td>{sourceNames[source.Name] ?? source.Name}</td>
              <td className="number">{rates?.has(source.Name) ? rates.get(source.Name)!.toFixed(1) : '–'}</td>
              <td className="number">{source.Received.toLocaleString()}</td>
              <td className="number">{source.Kept.toLocaleString()}</td>
              <td className="number">
                {source.Rejected > 0 ? (
                  <Link href="/rejected">{source.Rejected.toLocaleString()}</Link>
                ) : (
                  <span className="muted">0</span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const sourceNames: Record<string, string> = {
  udp: 'X-Ray datagrams (UDP)',
  api: 'X-Ray API',
  otlp: 'OpenTelemetry (OTLP)',
  import: 'Import',
}
