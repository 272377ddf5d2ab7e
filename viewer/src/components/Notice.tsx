import type { ReactNode } from 'react'
import { Icon } from './Icon'
import './notice.css'

/** In place of what is not there: why, and what to do about it. */
export function Notice({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="notice">
      <h1>{title}</h1>
      {children}
    </div>
  )
}

/** Something could not be had; asking again may help. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div className="notice" role="alert">
      <h1>This did not work</h1>
      <p className="problem">{error.message}</p>
      {retry && (
        <button type="button" className="button" onClick={retry}>
          <Icon name="refresh" />
          Try again
        </button>
      )}
    </div>
  )
}

/** Shown only when an answer takes long enough to wonder. */
export function Loading({ what }: { what: string }) {
  return (
    <div className="notice loading" role="status">
      Loading {what}…
    </div>
  )
}
