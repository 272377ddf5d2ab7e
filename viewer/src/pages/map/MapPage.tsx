import { useMemo, useRef } from 'react'
import { useLocation } from 'wouter'
import { getServiceGraph } from '../../api/graph'
import { FilterInput } from '../../components/filter/FilterInput'
import { GroupMenu } from '../../components/filter/GroupMenu'
import { GraphPanel } from '../../components/graph/GraphPanel'
import { GraphView } from '../../components/graph/GraphView'
import { IconButton } from '../../components/IconButton'
import { Failure, Loading, Notice } from '../../components/Notice'
import { TimeRangePicker } from '../../components/TimeRangePicker'
import { filterSeconds } from '../../model/duration'
import { edgeClause, serviceClause, withClause } from '../../model/filter'
import { buildMap, type MapEdge, type MapNode } from '../../model/service-graph'
import { useQuery } from '../../state/query'
import { useShortcuts } from '../../state/shortcuts'
import { refreshNow, useTimeSelection } from '../../state/time'
import { address, sharedParameters, useParameters } from '../../state/url'

/** The services of a range of time and the calls between them. */
export default function MapPage() {
  const [parameters, update] = useParameters()
  const [, navigate] = useLocation()
  const { start, end } = useTimeSelection()
  const filter = parameters.get('q') ?? ''
  const input = useRef<HTMLInputElement>(null)
  const setFilter = (q: string) => update({ q }, { push: true })
  const query = useQuery(
    `map ${JSON.stringify([start, end, filter])}`,
    signal => getServiceGraph({ start, end, filter }, signal),
    { keepPrevious: true },
  )
  const map = useMemo(() => query.data && buildMap(query.data), [query.data])
  const chosen = parameters.get('at') ?? undefined
  const subject = map?.nodes.find(node => node.key === chosen) ?? map?.edges.find(edge => edge.key === chosen)
  const tracesWith = (condition: string) =>
    address('/traces', {
      ...sharedParameters(parameters),
      q: subject ? withClause(filter, filterOf(subject, condition)) : filter,
    })
  const brush = (from: number, to: number) =>
    navigate(tracesWith(`responsetime >= ${filterSeconds(from)} AND responsetime < ${filterSeconds(to)}`))
  useShortcuts('Map', [
    { keys: ['/'], help: 'Edit the filter', run: () => input.current?.focus() },
    { keys: ['r'], help: 'Refresh', run: refreshNow },
  ])
  return (
    <div className="full-page">
      <div className="toolbar">
        <FilterInput value={filter} error={query.error} onSubmit={setFilter} inputRef={input} />
        <GroupMenu filter={filter} onChoose={setFilter} />
        <TimeRangePicker />
        <IconButton icon="refresh" label="Refresh" title="Refresh (r)" onClick={refreshNow} />
      </div>
      <div className="graph-body">
        {query.error ? (
          <Failure error={query.error} retry={query.reload} />
        ) : !map ? (
          <Loading what="the map" />
        ) : map.nodes.length === 0 ? (
          <Notice title="No services in this range of time">
            <p>The map is drawn from traces. Choose a longer range or another filter, or send some.</p>
          </Notice>
        ) : (
          <GraphView map={map} seconds={end - start} chosen={chosen} onChoose={key => update({ at: key })} />
        )}
        {subject && (
          <GraphPanel
            subject={subject}
            seconds={end - start}
            tracesWith={tracesWith}
            onBrush={brush}
            close={() => update({ at: undefined })}
          />
        )}
      </div>
    </div>
  )
}

/** What selects the traces that have part in a node or edge. */
function filterOf(subject: MapNode | MapEdge, condition: string): string {
  const clause =
    'from' in subject ? edgeClause(subject.from, subject.to) : serviceClause(subject.name, subject.type)
  return condition ? `${clause} { ${condition} }` : clause
}
