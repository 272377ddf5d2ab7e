import { type ReactNode, useState } from 'react'

const key = 'fluoro-details-width'

/** A pane at the side whose width is remembered. */
export function SidePane({ children }: { children: ReactNode }) {
  const [width, setWidth] = useState(() => Number(localStorage.getItem(key)) || 440)
  return (
    <aside
      className="side-pane"
      style={{ '--pane-width': `${width}px` } as React.CSSProperties}
      aria-label="Details"
    >
      <i
        className="side-pane-handle"
        onPointerDown={event => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={event => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return
          setWidth(Math.min(innerWidth * 0.7, Math.max(300, innerWidth - event.clientX)))
        }}
        onPointerUp={() => localStorage.setItem(key, String(width))}
      />
      {children}
    </aside>
  )
}
