import { type FormEvent, useState } from 'react'
import { dayOf, labelOf, presets, rangeBetween, timeOf } from '../model/time-range'
import { type TimeSelection, useTimeSelection } from '../state/time'
import { Icon } from './Icon'
import { Popover } from './Popover'

/** Chooses which time a page looks at. */
export function TimeRangePicker() {
  const selection = useTimeSelection()
  const label = (
    <>
      <Icon name="clock" />
      <span className="truncate">{labelOf(selection.range)}</span>
      <Icon name="down" size={12} />
    </>
  )
  return (
    <Popover label={label} title="Time range">
      {close => (
        <div className="time-picker">
          <div className="time-presets">
            {presets.map(({ seconds, label: name }) => (
              <button
                key={seconds}
                type="button"
                className="menu-item"
                aria-current={selection.range.kind === 'last' && selection.range.seconds === seconds}
                onClick={() => {
                  selection.setRange({ kind: 'last', seconds })
                  close()
                }}
              >
                {name}
              </button>
            ))}
          </div>
          <AbsoluteRange selection={selection} close={close} />
        </div>
      )}
    </Popover>
  )
}

function AbsoluteRange({ selection, close }: { selection: TimeSelection; close: () => void }) {
  const [from, setFrom] = useState(() => toInput(selection.start))
  const [to, setTo] = useState(() => toInput(selection.end))
  const start = Date.parse(from) / 1000
  const end = Date.parse(to) / 1000
  const submit = (event: FormEvent) => {
    event.preventDefault()
    selection.setRange(rangeBetween(start, end))
    close()
  }
  return (
    <form className="time-absolute" onSubmit={submit}>
      <label>
        From
        <input
          className="input"
          type="datetime-local"
          step="1"
          value={from}
          onChange={event => setFrom(event.target.value)}
        />
      </label>
      <label>
        To
        <input
          className="input"
          type="datetime-local"
          step="1"
          value={to}
          onChange={event => setTo(event.target.value)}
        />
      </label>
      <button type="submit" className="button primary" disabled={!(start < end)}>
        Use this range
      </button>
    </form>
  )
}

/** A moment as the input holds it: local time. */
function toInput(seconds: number): string {
  return `${dayOf(seconds)}T${timeOf(seconds)}`
}
