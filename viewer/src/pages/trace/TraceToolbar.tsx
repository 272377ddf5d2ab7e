import { Icon } from '../../components/Icon'
import { isWhole, wholeTrace, zoom } from '../../model/time-window'
import type { TraceView } from './useTraceView'

/** Find, fold, zoom. */
export function TraceToolbar({ view }: { view: TraceView }) {
  return (
    <div className="trace-toolbar">
      <div className="find">
        <Icon name="search" size={14} />
        <input
          id="find-in-trace"
          className="input"
          placeholder="Find name, URL, query, annotation… (/)"
          aria-label="Find in the trace"
          value={view.find}
          onChange={event => view.setFind(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              view.setFind('')
              event.currentTarget.blur()
            }
            if (event.key === 'Enter') event.currentTarget.blur()
          }}
        />
        {view.matches && <span className="find-count">{view.matches.size.toLocaleString()}</span>}
      </div>
      <Services view={view} />
      <button
        type="button"
        className="button small"
        aria-pressed={view.showsCritical}
        title="What the duration consists of (p)"
        onClick={view.toggleCritical}
      >
        Critical path
      </button>
      <button
        type="button"
        className="button small"
        aria-pressed={view.showsInferred}
        title="Rows for services that are known only from the calls to them (i)"
        onClick={view.toggleInferred}
      >
        Inferred
      </button>
      <fieldset className="button-group" aria-label="Fold">
        <button
          type="button"
          className="button small"
          title="Fold everything ({)"
          onClick={() => view.foldAt(0)}
        >
          Fold
        </button>
        <button
          type="button"
          className="button small icon"
          title="Fold one more level ([)"
          aria-label="Fold one more level"
          onClick={() => view.foldAt(view.foldLevel - 1)}
        >
          <Icon name="minus" size={14} />
        </button>
        <button
          type="button"
          className="button small icon"
          title="Unfold one more level (])"
          aria-label="Unfold one more level"
          onClick={() => view.foldAt(view.foldLevel + 1)}
        >
          <Icon name="plus" size={14} />
        </button>
        <button
          type="button"
          className="button small"
          title="Unfold everything (})"
          onClick={() => view.foldAt(view.deepest + 1)}
        >
          Unfold
        </button>
      </fieldset>
      <fieldset className="button-group" aria-label="Zoom">
        <button
          type="button"
          className="button small icon"
          title="Zoom out (-)"
          aria-label="Zoom out"
          disabled={isWhole(view.window)}
          onClick={() => view.setWindow(zoom(view.window, 1 / 0.6))}
        >
          <Icon name="minus" size={14} />
        </button>
        <button
          type="button"
          className="button small"
          title="Show the whole trace (0)"
          disabled={isWhole(view.window)}
          onClick={() => view.setWindow(wholeTrace)}
        >
          {Math.round(1 / (view.window.to - view.window.from)).toLocaleString()}×
        </button>
        <button
          type="button"
          className="button small icon"
          title="Zoom in (+)"
          aria-label="Zoom in"
          onClick={() => view.setWindow(zoom(view.window, 0.6))}
        >
          <Icon name="plus" size={14} />
        </button>
      </fieldset>
    </div>
  )
}

/** The services with their colours; a click finds what they did. */
function Services({ view }: { view: TraceView }) {
  return (
    <div className="trace-services">
      {[...view.colours].map(([name, colour]) => (
        <button
          key={name}
          type="button"
          className="trace-service"
          title={name}
          aria-pressed={view.find === name}
          onClick={() => view.setFind(view.find === name ? '' : name)}
        >
          <i style={{ background: colour }} />
          <span className="truncate">{name}</span>
        </button>
      ))}
    </div>
  )
}
