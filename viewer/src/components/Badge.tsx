import { type Status, statusLabels } from '../model/status'
import './badge.css'

/** How something ended, in a word and a colour; nothing when all went well. */
export function StatusBadge({ status }: { status: Status }) {
  return status === 'ok' ? null : <span className={`badge ${status}`}>{statusLabels[status]}</span>
}

/** A status code in its colour. */
export function HttpStatus({ code }: { code: number | undefined }) {
  if (code === undefined) return null
  const look = code === 429 ? 'throttle' : code >= 500 ? 'fault' : code >= 400 ? 'error' : ''
  return <span className={`http-status ${look}`}>{code}</span>
}

export function ProgressBadge() {
  return (
    <span className="badge progress">
      <i className="pulse" />
      In progress
    </span>
  )
}
