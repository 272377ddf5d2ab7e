import { useState } from 'react'
import { Icon } from './Icon'

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [isDone, setDone] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setDone(true)
    setTimeout(() => setDone(false), 1500)
  }
  return (
    <button type="button" className="copy" title={`Copy ${what}`} aria-label={`Copy ${what}`} onClick={copy}>
      <Icon name={isDone ? 'check' : 'copy'} size={14} />
    </button>
  )
}
