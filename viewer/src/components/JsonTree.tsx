import { useState } from 'react'
import { Icon } from './Icon'
import './json-tree.css'

interface Props {
  value: unknown
  /** How many levels are open at first. */
  openTo?: number
}

/** JSON that can be folded. */
export function JsonTree({ value, openTo = 2 }: Props) {
  return (
    <div className="json">
      {entriesOf(value).map(([name, child]) => (
        <Node key={name} name={name} value={child} openTo={openTo} />
      ))}
    </div>
  )
}

/** More of one list than this is shown only when asked for. */
const pageSize = 100

function Node({ name, value, openTo }: { name: string; value: unknown; openTo: number }) {
  const entries = entriesOf(value)
  const [isOpen, setOpen] = useState(openTo > 0 && entries.length <= 50)
  const [shown, setShown] = useState(pageSize)
  if (typeof value !== 'object' || value === null || entries.length === 0) {
    return (
      <div className="json-leaf">
        <span className="json-key">{name}</span>
        <Leaf value={value} />
      </div>
    )
  }
  return (
    <div>
      <button type="button" className="json-fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Icon name={isOpen ? 'down' : 'right'} size={12} />
        <span className="json-key">{name}</span>
        <span className="muted">
          {Array.isArray(value) ? `[${entries.length}]` : isOpen ? '' : `{${entries.length}}`}
        </span>
      </button>
      {isOpen && (
        <div className="json-children">
          {entries.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={key} value={child} openTo={openTo - 1} />
          ))}
          {entries.length > shown && (
            <button type="button" className="link" onClick={() => setShown(shown + pageSize * 10)}>
              {(entries.length - shown).toLocaleString()} more
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function Leaf({ value }: { value: unknown }) {
  const kind = value === null ? 'null' : typeof value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return <span className={`json-value ${kind}`}>{kind === 'string' && text === '' ? '""' : text}</span>
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}
