import { IconButton } from '../IconButton'
import './graph-tools.css'

interface Props {
  zoom: (factor: number) => void
  showAll: () => void
}

export function GraphTools({ zoom, showAll }: Props) {
  const tools = [
    { icon: 'plus', label: 'Zoom in', key: '+', run: () => zoom(1.25) },
    { icon: 'minus', label: 'Zoom out', key: '-', run: () => zoom(0.8) },
    { icon: 'fit', label: 'Show everything', key: '0', run: showAll },
  ] as const
  return (
    <div className="graph-tools">
      {tools.map(({ icon, label, key, run }) => (
        <IconButton key={key} icon={icon} label={label} title={`${label} (${key})`} onClick={run} />
      ))}
    </div>
  )
}

export function GraphLegend() {
  return (
    <div className="graph-legend">
      {(['ok', 'error', 'throttle', 'fault'] as const).map(kind => (
        <span key={kind}>
          <i className={kind} />
          {kind === 'throttle' ? 'throttled' : kind}
        </span>
      ))}
      <span className="muted">size by traffic</span>
    </div>
  )
}
