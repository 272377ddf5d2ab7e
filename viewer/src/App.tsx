import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import { Boundary } from './components/Boundary'
import { Shell } from './components/Shell'
import { TracesPage } from './pages/traces/TracesPage'

const TracePage = lazy(() => import('./pages/trace/TracePage'))
const ComparePage = lazy(() => import('./pages/compare/ComparePage'))
const MapPage = lazy(() => import('./pages/map/MapPage'))
const SamplingPage = lazy(() => import('./pages/sampling/SamplingPage'))
const RejectedPage = lazy(() => import('./pages/rejected/RejectedPage'))
const AgentPage = lazy(() => import('./pages/agent/AgentPage'))

export function App() {
  return (
    <Shell>
      <Boundary>
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
