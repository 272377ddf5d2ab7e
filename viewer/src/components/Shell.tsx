import { lazy, type ReactNode, Suspense, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useShortcuts } from '../state/shortcuts'
import { address, sharedParameters, useParameters } from '../state/url'
import { Icon, type IconName } from './Icon'
import { IconButton } from './IconButton'
import { ThemeSwitch } from './ThemeSwitch'
import { TraceJump } from './TraceJump'
import './shell.css'

const ShortcutHelp = lazy(() => import('./ShortcutHelp'))

const places: { path: string; label: string; icon: IconName; key: string }[] = [
  { path: '/traces', label: 'Traces', icon: 'traces', key: '1' },
  { path: '/map', label: 'Map', icon: 'map', key: '2' },
  { path: '/sampling', label: 'Sampling', icon: 'sampling', key: '3' },
  { path: '/rejected', label: 'Rejected', icon: 'rejected', key: '4' },
  { path: '/agent', label: 'Agent', icon: 'agent', key: '5' },
]

/** What every page has around it. */
export function Shell({ children }: { children: ReactNode }) {
  const [path, navigate] = useLocation()
  const [parameters] = useParameters()
  const [isHelpOpen, setHelpOpen] = useState(false)
  const target = (to: string) =>
    address(to, to === '/traces' || to === '/map' ? sharedParameters(parameters) : {})
  useShortcuts('Everywhere', [
    { keys: ['?'], help: 'Show the keys', run: () => setHelpOpen(true) },
    ...places.map(place => ({
      keys: [place.key],
      help: `Go to ${place.label}`,
      run: () => navigate(target(place.path)),
    })),
  ])
  return (
    <div className="shell">
      <header className="shell-bar">
        <Link href={target('/traces')} className="shell-brand">
          <img src="/favicon.svg" alt="" width="20" height="20" />
          Fluoro
        </Link>
        <nav className="shell-places" aria-label="Pages">
          {places.map(place => (
            <Link
              key={place.path}
              href={target(place.path)}
              className="shell-place"
              aria-current={isAt(path, place.path) ? 'page' : undefined}
            >
              <Icon name={place.icon} />
              <span>{place.label}</span>
            </Link>
          ))}
        </nav>
        <TraceJump />
        <IconButton quiet icon="help" label="Keys" title="Keys (?)" onClick={() => setHelpOpen(true)} />
        <ThemeSwitch />
      </header>
      <main className="shell-page">{children}</main>
      {isHelpOpen && (
        <Suspense>
          <ShortcutHelp close={() => setHelpOpen(false)} />
        </Suspense>
      )}
    </div>
  )
}

function isAt(path: string, place: string): boolean {
  if (path.startsWith(place)) return true
  return place === '/traces' && (path === '/' || path.startsWith('/compare'))
}
