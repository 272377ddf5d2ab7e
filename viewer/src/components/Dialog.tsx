import { type ReactNode, useEffect, useRef } from 'react'
import { Icon } from './Icon'
import './dialog.css'

/** A modal dialog; Escape and a click beside it close it. */
export function Dialog({
  title,
  close,
  children,
}: {
  title: string
  close: () => void
  children: ReactNode
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    dialog.current?.showModal()
    dialog.current?.querySelector('input')?.focus()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      onClose={close}
      onClick={event => event.target === dialog.current && close()}
    >
      <div className="dialog-body">
        <header className="dialog-title">
          <h1>{title}</h1>
          <button type="button" className="button quiet icon" aria-label="Close" onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
