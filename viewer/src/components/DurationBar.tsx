import type { ReactNode } from 'react'
import type { Status } from '../model/status'
import './duration-bar.css'

interface Props {
  status: Status
  /** How much of the room the bar fills, 0 to 1. */
  share: number
  role?: 'cell'
  children: ReactNode
}

/** A bar as long as something took, in the colour of how it ended, with words over it. */
export function DurationBar({ status, share, role, children }: Props) {
  return (
    <span className="duration-bar" role={role}>
      <i className={status} style={{ width: `${share * 100}%` }} />
      <span>{children}</span>
    </span>
  )
}
