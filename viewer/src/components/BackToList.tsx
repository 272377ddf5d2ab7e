import { Link } from 'wouter'
import { lastList } from '../state/last-list'
import { Icon } from './Icon'

/** Leads to the list of traces as it was left. */
export function BackToList() {
  return (
    <Link href={lastList()} className="button quiet icon" title="Back to the list">
      <Icon name="left" />
      <span className="visually-hidden">Back to the list</span>
    </Link>
  )
}
