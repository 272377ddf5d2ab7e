import { type ReactNode, useEffect, useRef, useState } from 'react'
import './popover.css'

interface Props {
  /** What the button shows. */
  label: ReactNode
  title?: string
  className?: string
  align?: 'left' | 'right'
  children: (close: () => void) => ReactNode
}

/** A button with a panel below it; Escape, a click elsewhere or leaving by keyboard closes it. */
export function Popover({ label, title, className = 'button', align = 'right', children }: Props) {
  const [isOpen, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const outside = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false)
    }
    window.addEventListener('pointerdown', outside)
    window.addEventListener('focusin', outside)
    return () => {
      window.removeEventListener('pointerdown', outside)
      window.removeEventListener('focusin', outside)
    }
  }, [isOpen])
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  return (
    <div
      ref={box}
      className="popover"
      onKeyDown={event => {
        if (event.key !== 'Escape' || !isOpen) return
        event.stopPropagation()
        event.preventDefault()
        close()
      }}
    >
      <button
        ref={button}
        type="button"
        className={className}
        title={title}
        aria-expanded={isOpen}
        aria-haspopup="dialog"
        onClick={() => setOpen(!isOpen)}
      >
        {label}
      </button>
      {isOpen && (
        <div ref={keepInside} className={`popover-panel ${align}`}>
          {children(close)}
        </div>
      )}
    </div>
  )
}

/** Between a panel and the edge of the page, in pixels. */
const margin = 8

/** Moves a panel that would reach over the left or the right edge of the page. */
function keepInside(panel: HTMLDivElement | null) {
  if (!panel) return
  const { left, right } = panel.getBoundingClientRect()
  const over =
    Math.min(0, left - margin) || Math.max(0, right + margin - document.documentElement.clientWidth)
  panel.style.translate = `${-over}px`
}
