import { useEffect, useRef, useSyncExternalStore } from 'react'

/** A key of a page. */
export interface Shortcut {
  /** As `KeyboardEvent.key` names them, with `ctrl+` in front where it is held. */
  keys: string[]
  help: string
  run: (event: KeyboardEvent) => void
}

interface Section {
  title: string
  shortcuts: Shortcut[]
}

let sections: readonly Section[] = []
const listeners = new Set<() => void>()

/** Listens to keys while the component is there; not while someone types. */
export function useShortcuts(title: string, shortcuts: Shortcut[]) {
  const current = useRef(shortcuts)
  useEffect(() => {
    current.current = shortcuts
  })
  useEffect(() => {
    const section = {
      title,
      get shortcuts() {
        return current.current
      },
    }
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || event.metaKey || isTyping(event.target)) return
      // What is behind a dialog is out of reach.
      if (document.querySelector('dialog[open]')) return
      const key = event.ctrlKey ? `ctrl+${event.key}` : event.key
      const found = current.current.find(shortcut => shortcut.keys.includes(key))
      if (!found) return
      event.preventDefault()
      found.run(event)
    }
    change([...sections, section])
    window.addEventListener('keydown', press)
    return () => {
      change(sections.filter(other => other !== section))
      window.removeEventListener('keydown', press)
    }
  }, [title])
}

/** Every key that does something right now. */
export function useAllShortcuts(): readonly Section[] {
  return useSyncExternalStore(subscribe, () => sections)
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement)
    return !['checkbox', 'radio', 'button', 'file'].includes(target.type)
  return (
    target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable
  )
}

function change(next: readonly Section[]) {
  sections = next
  for (const changed of listeners) changed()
}

function subscribe(changed: () => void) {
  listeners.add(changed)
  return () => listeners.delete(changed)
}
