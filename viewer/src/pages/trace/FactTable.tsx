import { isValidElement, type ReactNode } from 'react'
import './fact-table.css'

/** Names and values in two columns; what has no value is left out. */
export function FactTable({ facts }: { facts: Record<string, unknown> }) {
  const given = Object.entries(facts).filter(
    ([, value]) => value !== undefined && value !== '' && value !== false,
  )
  if (given.length === 0) return null
  return (
    <dl className="facts">
      {given.map(([name, value]) => (
        <div key={name}>
          <dt title={name}>{name}</dt>
          <dd>{shown(value)}</dd>
        </div>
      ))}
    </dl>
  )
}

function shown(value: unknown): ReactNode {
  if (isValidElement(value) || typeof value === 'string') return value
  return <code>{typeof value === 'object' ? JSON.stringify(value) : String(value)}</code>
}
