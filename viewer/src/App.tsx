import { Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { Boundary } from './components/Boundary'
import { lazyPage } from './components/lazy-page'
import { Shell } from './components/Shell'
import { TracesPage } from './pages/traces/TracesPage'

const TracePage = lazyPage(() => import('./pages/trace/TracePage'))
const ComparePage = lazyPage(() => import('./pages/compare/ComparePage'))
const MapPage = lazyPage(() => import('./pages/map/MapPage'))
const SamplingPage = lazyPage(() => import('./pages/sampling/SamplingPage'))
const RejectedPage = lazyPage(() => import('./pages/rejected/RejectedPage'))
const AgentPage = lazyPage(() => import('./pages/agent/AgentPage'))

export function App() {
  const [path] = useLocation()
  return (
    <Shell>
      <Boundary key={path}>
        <Suspense>
          <Switch>
            <Route path="/traces" component={TracesPage} />
            <Route path="/traces/:id">{({ id }) => <TracePage key={id} id={id} />}</Route>
            <Route path="/compare" component={ComparePage} />
            <Route path="/map" component={MapPage} />
            <Route path="/sampling" component={SamplingPage} />
            <Route path="/rejected" component={RejectedPage} />
            <Route path="/agent" component={AgentPage} />
            <Route>
              <Redirect to="/traces" replace />
            </Route>
          </Switch>
        </Suspense>
      </Boundary>
    </Shell>
  )
}
