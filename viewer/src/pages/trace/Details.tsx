import type { SegmentDocument } from '../../api/documents'
import { HttpStatus, ProgressBadge, StatusBadge } from '../../components/Badge'
import { IconButton } from '../../components/IconButton'
import { JsonTree } from '../../components/JsonTree'
import { ServiceDot } from '../../components/ServiceDot'
import { resourceOf } from '../../model/entity-label'
import { exceptionsOf } from '../../model/exceptions'
import { statusOf } from '../../model/status'
import type { Entity, Trace } from '../../model/trace'
import { useParameters } from '../../state/url'
import { Exceptions } from './Exceptions'
import { FactTable } from './FactTable'
import { Links } from './Links'
import { Logs } from './Logs'
import { Overview } from './Overview'
import { Section } from './Section'
import { Sql } from './Sql'
import './details.css'

interface Props {
  trace: Trace
  entity: Entity
  colours: Map<string, string>
  close: () => void
}

/** Everything that is known about one entity. */
export function Details({ trace, entity, colours, close }: Props) {
  const [parameters, update] = useParameters()
  const isRaw = parameters.get('tab') === 'json'
  return (
    <div className="details">
      <header className="details-head">
        <ServiceDot colour={colours.get(entity.service)} />
        <h2 className="truncate" title={entity.name}>
          {entity.name}
        </h2>
        {entity.inProgress ? <ProgressBadge /> : <StatusBadge status={statusOf(entity)} />}
        <IconButton quiet icon="close" label="Close" title="Close (esc)" onClick={close} />
      </header>
      <div className="tabs" role="tablist">
        {[false, true].map(raw => (
          <button
            key={String(raw)}
            type="button"
            role="tab"
            aria-selected={raw === isRaw}
            onClick={() => update({ tab: raw ? 'json' : undefined })}
          >
            {raw ? 'JSON' : 'Details'}
          </button>
        ))}
      </div>
      <div className="details-body">
        {isRaw ? <Raw entity={entity} /> : <Facts trace={trace} entity={entity} />}
      </div>
    </div>
  )
}

function Facts({ trace, entity }: { trace: Trace; entity: Entity }) {
  const { document } = entity
  const { http, sql, aws, annotations, metadata } = document
  const segment = document as SegmentDocument
  return (
    <>
      <Overview trace={trace} entity={entity} />
      <Exceptions exceptions={exceptionsOf(trace, entity)} />
      {http && (
        <Section title="HTTP">
          <FactTable
            facts={{
              Method: http.request?.method,
              URL: http.request?.url,
              Status: http.response?.status && <HttpStatus code={http.response.status} />,
              'Response size': http.response?.content_length && `${http.response.content_length} B`,
              'User agent': http.request?.user_agent,
              'Client address': http.request?.client_ip,
              Forwarded: http.request?.x_forwarded_for && 'the address is from X-Forwarded-For',
            }}
          />
        </Section>
      )}
      {sql && <Sql sql={sql} />}
      {annotations && Object.keys(annotations).length > 0 && (
        <Section title="Annotations">
          <FactTable facts={annotations} />
        </Section>
      )}
      {metadata && Object.keys(metadata).length > 0 && (
        <Section title="Metadata" copy={JSON.stringify(metadata, null, 2)}>
          <JsonTree value={metadata} />
        </Section>
      )}
      {aws && (
        <Section title={entity.isSegment ? 'Runs on' : 'AWS'} copy={JSON.stringify(aws, null, 2)}>
          <FactTable facts={{ Operation: aws.operation, Resource: resourceOf(aws) }} />
          <JsonTree value={without(aws, 'operation', 'cloudwatch_logs')} />
        </Section>
      )}
      {entity.called && (
        <Section title="Called service, inferred">
          <FactTable
            facts={{
              Name: entity.called.name,
              Origin: entity.called.origin,
              Resource: entity.called.resource_arn,
            }}
          />
          <p className="muted details-note">It sent nothing itself: it is known only from this call.</p>
        </Section>
      )}
      <Logs logs={aws?.cloudwatch_logs} />
      {segment.service && (
        <Section title="Service">
          <FactTable facts={segment.service} />
        </Section>
      )}
      <Links links={segment.links} />
    </>
  )
}

function Raw({ entity }: { entity: Entity }) {
  const text = JSON.stringify(entity.document, null, 2)
  return (
    <Section title="Document" copy={text}>
      <JsonTree value={entity.document} openTo={1} />
    </Section>
  )
}

function without(object: Record<string, unknown>, ...names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
