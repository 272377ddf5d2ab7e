import { getAgentHealth } from '../../api/health'
import { Notice } from '../../components/Notice'
import { useQuery } from '../../state/query'
import './first-steps.css'

/** How to get traces in here. */
export function FirstSteps({ widen }: { widen: () => void }) {
  const { data: agent } = useQuery('agent', getAgentHealth)
  const isEmpty = agent?.Store.Traces === 0
  const addressOf = (name: string, usual: string) =>
    agent?.Listeners.find(({ Name }) => Name === name)?.Address ?? usual
  const settings = [
    { title: 'X-Ray SDKs', text: `AWS_XRAY_DAEMON_ADDRESS=${addressOf('udp', '127.0.0.1:2000')}` },
    {
      title: 'OpenTelemetry, over HTTP',
      text: `OTEL_EXPORTER_OTLP_ENDPOINT=http://${addressOf('otlp-http', '127.0.0.1:4318')}\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`,
    },
    {
      title: 'OpenTelemetry, over gRPC',
      text: `OTEL_EXPORTER_OTLP_ENDPOINT=http://${addressOf('otlp-grpc', '127.0.0.1:4317')}`,
    },
    { title: 'Nothing at hand?', text: 'fluoro demo' },
  ]
  return (
    <Notice title={isEmpty ? 'No traces yet' : 'No traces in this range of time'}>
      <p>Point a service at this agent, make a request, and its trace appears here.</p>
      <div className="first-steps">
        {settings.map(({ title, text }) => (
          <section key={title}>
            <h2>{title}</h2>
            <pre>{text}</pre>
          </section>
        ))}
      </div>
      {!isEmpty && (
        <button type="button" className="button" onClick={widen}>
          Look at the last 30 days
        </button>
      )}
    </Notice>
  )
}
