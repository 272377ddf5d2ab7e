import { type ReactNode, useState } from 'react'
import { ResizeHandle } from './ResizeHandle'
import './side-pane.css'

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
      <ResizeHandle
        onDrag={({ clientX }) => setWidth(Math.min(innerWidth * 0.7, Math.max(300, innerWidth - clientX)))}
        onRelease={() => localStorage.setItem(key, String(width))}
      />
      {children}
    </aside>
  )
}
