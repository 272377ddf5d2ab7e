import { Notice } from '../../components/Notice'

/** How to get traces in here. */
export function FirstSteps({ widen }: { widen: () => void }) {
  const host = window.location.hostname
  return (
    <Notice title="No traces in this range of time">
      <p>Point a service at this agent, make a request, and its trace appears here.</p>
      <div className="first-steps">
        <section>
          <h2>X-Ray SDKs</h2>
          <pre>AWS_XRAY_DAEMON_ADDRESS={host}:2000</pre>
        </section>
        <section>
          <h2>OpenTelemetry, over HTTP</h2>
          <pre>
            {`OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4318\nOTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`}
          </pre>
        </section>
        <section>
          <h2>OpenTelemetry, over gRPC</h2>
          <pre>{`OTEL_EXPORTER_OTLP_ENDPOINT=http://${host}:4317`}</pre>
        </section>
        <section>
          <h2>Nothing at hand?</h2>
          <pre>fluoro demo</pre>
        </section>
      </div>
      <button type="button" className="button" onClick={widen}>
        Look at the last 30 days
      </button>
    </Notice>
  )
}
