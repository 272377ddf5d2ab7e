import type { PointerEvent } from 'react'
import './resize-handle.css'

interface Props {
  onDrag: (event: PointerEvent<HTMLElement>) => void
  onRelease?: () => void
}

/** What is dragged sideways to make its neighbour wider or narrower. */
export function ResizeHandle({ onDrag, onRelease }: Props) {
  return (
    <i
      className="resize-handle"
      onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={event => event.currentTarget.hasPointerCapture(event.pointerId) && onDrag(event)}
      onPointerUp={onRelease}
    />
  )
}
