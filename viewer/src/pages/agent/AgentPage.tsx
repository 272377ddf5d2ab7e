import { useEffect, useEffectEvent } from 'react'
import { type AgentHealth, getAgentHealth } from '../../api/health'
import { Failure, Loading } from '../../components/Notice'
import { formatBytes } from '../../model/bytes'
import { formatDuration } from '../../model/duration'
import { formatMoment } from '../../model/time-range'
import { useQuery } from '../../state/query'
import { Sinks } from './Sinks'
import { Sources } from './Sources'
import { sumOf, useRates } from './useRates'
import './agent.css'

/** How often the numbers are read again. */
const readEvery = 3_000

/** How the agent is doing: what came in, what was lost, what is kept, what is forwarded. */
export default function AgentPage() {
  const query = useQuery('agent', getAgentHealth)
  const reload = useEffectEvent(query.reload)
  useEffect(() => {
    const timer = setInterval(reload, readEvery)
    return () => clearInterval(timer)
  }, [])
  const rates = useRates(query.data)
  if (query.error) return <Failure error={query.error} retry={query.reload} />
  if (!query.data) return <Loading what="the agent's health" />
  const health = query.data
  const lost = health.Lost.reduce((sum, { Count }) => sum + Count, 0)
  return (
    <div className="page agent">
      <header className="page-head">
        <div>
          <h1>Agent</h1>
          <p className="muted">
            Version {health.Version}, running for {formatDuration(health.UptimeSeconds)}.{' '}
            <a href="/metrics" target="_blank" rel="noreferrer">
              Prometheus metrics
            </a>
          </p>
        </div>
      </header>
      <dl className="agent-numbers">
        <Figure name="Documents a second" value={rates ? sumOf(rates) : '–'} />
        <Figure name="Lost" value={lost.toLocaleString()} look={lost > 0 ? 'problem' : ''} />
        <Figure name="Traces kept" value={health.Store.Traces.toLocaleString()} />
        <Figure name="Store" value={formatBytes(health.Store.Bytes)} />
        <Figure
          name="Oldest document"
          value={health.Store.Oldest ? formatMoment(health.Store.Oldest) : '–'}
        />
      </dl>
      <section>
        <h2>Sources</h2>
        <Sources health={health} rates={rates} />
      </section>
      {lost > 0 && (
        <section>
          <h2>Losses</h2>
          <Losses lost={health.Lost} />
        </section>
      )}
      <section>
        <h2>Forwarding</h2>
        <Sinks sinks={health.Sinks} />
      </section>
      <div className="agent-columns">
        <section>
          <h2>Listening on</h2>
          <Listeners listeners={health.Listeners} />
        </section>
        <section>
          <h2>Store</h2>
          <StoreTable store={health.Store} />
        </section>
      </div>
    </div>
  )
}

function Figure({ name, value, look = '' }: { name: string; value: string; look?: string }) {
  return (
    <div className="panel">
      <dt>{name}</dt>
      <dd className={look}>{value}</dd>
    </div>
  )
}

function Losses({ lost }: { lost: AgentHealth['Lost'] }) {
  return (
    <div className="panel">
      <table className="table">
        <tbody>
          {lost
            .filter(({ Count }) => Count > 0)
            .map(({ Reason, Count }) => (
              <tr key={Reason}>
                <td>{Reason.replaceAll('-', ' ')}</td>
                <td className="number problem">{Count.toLocaleString()}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}

function Listeners({ listeners }: { listeners: AgentHealth['Listeners'] }) {
  return (
    <div className="panel">
      <table className="table">
        <tbody>
          {listeners.map(({ Name, Address, Purpose }) => (
            <tr key={Name}>
              <td>
                <code>{Address}</code>
              </td>
              <td className="muted">{Purpose}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function StoreTable({ store }: { store: AgentHealth['Store'] }) {
  const facts = {
    Documents: store.Documents.toLocaleString(),
    'Documents kept aside': store.Rejected.toLocaleString(),
    'Buckets of time': store.Buckets.toLocaleString(),
    'Left by age or size since the start': store.Expired.toLocaleString(),
  }
  return (
    <div className="panel">
      <table className="table">
        <tbody>
          {Object.entries(facts).map(([name, value]) => (
            <tr key={name}>
              <td className="muted">{name}</td>
              <td className="number">{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
