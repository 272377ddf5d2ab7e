import { useMemo } from 'react'
import { getTraceGraph } from '../../api/graph'
import { GraphPanel } from '../../components/graph/GraphPanel'
import { GraphView } from '../../components/graph/GraphView'
import { Failure, Loading } from '../../components/Notice'
import { buildMap } from '../../model/service-graph'
import type { Trace } from '../../model/trace'
import { useQuery } from '../../state/query'
import { address, useParameters } from '../../state/url'

/** The services of one trace. */
export default function TraceMap({ trace }: { trace: Trace }) {
  const [parameters, update] = useParameters()
  const query = useQuery(`trace-map ${trace.id}`, signal => getTraceGraph([trace.id], signal))
  const map = useMemo(() => query.data && buildMap(query.data), [query.data])
  const chosen = parameters.get('service') ?? undefined
  const subject = map?.nodes.find(node => node.key === chosen) ?? map?.edges.find(edge => edge.key === chosen)
  if (query.error) return <Failure error={query.error} retry={query.reload} />
  if (!map) return <Loading what="the map" />
  return (
    <div className="graph-body">
      <GraphView map={map} seconds={undefined} chosen={chosen} onChoose={key => update({ service: key })} />
      {subject && (
        <GraphPanel
          subject={subject}
          seconds={undefined}
          timeline={address(`/traces/${trace.id}`, {
            find: 'from' in subject ? subject.to.name : subject.name,
          })}
          close={() => update({ service: undefined })}
        />
      )}
    </div>
  )
}
