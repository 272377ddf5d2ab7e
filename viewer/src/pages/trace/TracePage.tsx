import { Suspense, useEffect, useEffectEvent, useMemo } from 'react'
import { getTrace } from '../../api/traces'
import { lazyPage } from '../../components/lazy-page'
import { Failure, Loading } from '../../components/Notice'
import { titleOf } from '../../model/entity-label'
import { buildTrace, type Trace } from '../../model/trace'
import { useQuery } from '../../state/query'
import { useParameters } from '../../state/url'
import { Details } from './Details'
import { MiniMap } from './MiniMap'
import { SidePane } from './SidePane'
import { TraceHeader } from './TraceHeader'
import { TraceToolbar } from './TraceToolbar'
import { useTraceShortcuts } from './useTraceShortcuts'
import { useTraceView } from './useTraceView'
import { Waterfall } from './Waterfall'
import './trace.css'

const TraceMap = lazyPage(() => import('./TraceMap'))

/** One trace. */
export default function TracePage({ id }: { id: string }) {
  const query = useQuery(`trace ${id}`, signal => getTrace(id, signal))
  const [parameters] = useParameters()
  const withInferred = parameters.get('inferred') === 'on'
  const trace = useMemo(() => query.data && buildTrace(query.data, withInferred), [query.data, withInferred])
  useEffect(() => {
    const { service, action } = titleOf(trace?.entities[trace.roots[0] ?? 0])
    document.title = service ? `${service} ${action} · Fluoro` : 'Fluoro'
    return () => {
      document.title = 'Fluoro'
    }
  }, [trace])
  if (query.error) return <Failure error={query.error} retry={query.reload} />
  if (!trace) return <Loading what="the trace" />
  return <LoadedTrace trace={trace} reload={query.reload} />
}

function LoadedTrace({ trace, reload }: { trace: Trace; reload: () => void }) {
  const view = useTraceView(trace)
  useFollowing(trace, reload)
  useTraceShortcuts(trace, view)
  return (
    <div className="full-page">
      <TraceHeader trace={trace} view={view} reload={reload} />
      {view.mode === 'map' ? (
        <Suspense>
          <TraceMap trace={trace} />
        </Suspense>
      ) : (
        <>
          <MiniMap trace={trace} view={view} />
          <TraceToolbar view={view} />
          <div className="trace-body">
            <Waterfall trace={trace} view={view} />
            {view.active && (
              <SidePane>
                <Details
                  trace={trace}
                  entity={view.active}
                  colours={view.colours}
                  close={() => view.select(undefined)}
                />
              </SidePane>
            )}
          </div>
        </>
      )}
    </div>
  )
}

/** How often a trace in progress is read again, and for how long after its last sign of life. */
const readEvery = 3_000
const readFor = 300

/** Keeps up with a trace that is still in progress. */
function useFollowing(trace: Trace, reload: () => void) {
  const read = useEffectEvent(() => Date.now() / 1000 - trace.end < readFor && reload())
  const isOpen = trace.entities.some(entity => entity.inProgress)
  useEffect(() => {
    if (!isOpen) return
    const timer = setInterval(() => read(), readEvery)
    return () => clearInterval(timer)
  }, [isOpen])
}
