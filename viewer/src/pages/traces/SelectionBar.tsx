import { Icon } from '../../components/Icon'
import './selection-bar.css'

interface Props {
  count: number
  compare: () => void
  clear: () => void
}

export function SelectionBar({ count, compare, clear }: Props) {
  return (
    <div className="selection-bar" role="status">
      <span>{count === 2 ? '2 traces selected' : '1 trace selected: select another to compare'}</span>
      <button type="button" className="button primary" disabled={count !== 2} onClick={compare}>
        <Icon name="compare" />
        Compare
      </button>
      <button type="button" className="button quiet" onClick={clear}>
        Clear
      </button>
    </div>
  )
}
