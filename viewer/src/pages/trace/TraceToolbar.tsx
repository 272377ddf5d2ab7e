import type { ComponentProps } from 'react'
import { Icon } from '../../components/Icon'
import { IconButton } from '../../components/IconButton'
import { ServiceDot } from '../../components/ServiceDot'
import { isWhole, wholeTrace, zoom } from '../../model/time-window'
import type { TraceView } from './useTraceView'
import './trace-toolbar.css'

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
      <Tool
        aria-pressed={view.showsCritical}
        title="What the duration consists of (p)"
        onClick={view.toggleCritical}
      >
        Critical path
      </Tool>
      <Tool
        aria-pressed={view.showsInferred}
        title="Rows for services that are known only from the calls to them (i)"
        onClick={view.toggleInferred}
      >
        Inferred
      </Tool>
      <fieldset className="button-group" aria-label="Fold">
        <Tool title="Fold everything ({)" onClick={() => view.foldAt(0)}>
          Fold
        </Tool>
        <IconButton
          small
          icon="minus"
          label="Fold one more level"
          title="Fold one more level ([)"
          onClick={() => view.foldAt(view.foldLevel - 1)}
        />
        <IconButton
          small
          icon="plus"
          label="Unfold one more level"
          title="Unfold one more level (])"
          onClick={() => view.foldAt(view.foldLevel + 1)}
        />
        <Tool title="Unfold everything (})" onClick={() => view.foldAt(view.deepest + 1)}>
          Unfold
        </Tool>
      </fieldset>
      <fieldset className="button-group" aria-label="Zoom">
        <IconButton
          small
          icon="minus"
          label="Zoom out"
          title="Zoom out (-)"
          disabled={isWhole(view.window)}
          onClick={() => view.setWindow(zoom(view.window, 1 / 0.6))}
        />
        <Tool
          title="Show the whole trace (0)"
          disabled={isWhole(view.window)}
          onClick={() => view.setWindow(wholeTrace)}
        >
          {Math.round(1 / (view.window.to - view.window.from)).toLocaleString()}×
        </Tool>
        <IconButton
          small
          icon="plus"
          label="Zoom in"
          title="Zoom in (+)"
          onClick={() => view.setWindow(zoom(view.window, 0.6))}
        />
      </fieldset>
    </div>
  )
}

function Tool(props: ComponentProps<'button'>) {
  return <button type="button" className="button small" {...props} />
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
          <ServiceDot colour={colour} />
          <span className="truncate">{name}</span>
        </button>
      ))}
    </div>
  )
}
