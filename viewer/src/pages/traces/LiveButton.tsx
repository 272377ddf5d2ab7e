import { Icon } from '../../components/Icon'
import type { LiveRows } from './TracesPage'
import './live-button.css'

/** Turns the live tail on and off, and holds it. */
export function LiveButton({ live }: { live: LiveRows }) {
  const looks = { off: '', connecting: 'connecting', open: 'open', lost: 'lost' }[live.state]
  const said = live.state === 'lost' ? 'Reconnecting' : 'Live'
  return (
    <div className="live">
      <button
        type="button"
        className="button"
        aria-pressed={live.isOn}
        title="Show traces as they arrive (l)"
        onClick={live.toggle}
      >
        <i className={`live-dot ${live.isPaused ? '' : looks}`} />
        {said}
        {live.skipped > 0 && (
          <span className="muted" title="Changes that came too quickly to show each">
            {live.skipped.toLocaleString()} skipped
          </span>
        )}
      </button>
      {live.isOn && (
        <button
          type="button"
          className="button"
          title={live.isPaused ? 'Go on (p)' : 'Pause (p)'}
          aria-label={live.isPaused ? 'Go on' : 'Pause'}
          onClick={live.togglePause}
        >
          <Icon name={live.isPaused ? 'play' : 'pause'} />
          {live.isPaused && <span>{live.waiting.toLocaleString()} new</span>}
        </button>
      )}
    </div>
  )
}
