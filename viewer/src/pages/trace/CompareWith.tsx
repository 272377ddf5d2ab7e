import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { Dialog } from '../../components/Dialog'
import { parseTraceId } from '../../model/trace-id'
import { address } from '../../state/url'
import './compare-with.css'

/** Asks for the trace to compare with. */
export function CompareWith({ id, close }: { id: string; close: () => void }) {
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const other = parseTraceId(text)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (other) navigate(address('/compare', { a: id, b: other }))
  }
  return (
    <Dialog title="Compare with another trace" close={close}>
      <form className="compare-with" onSubmit={submit}>
        <input
          className="input mono"
          placeholder="Trace id, X-Ray or W3C"
          aria-label="Id of the other trace"
          value={text}
          onChange={event => setText(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={!other}>
          Compare
        </button>
      </form>
      <p className="muted">In the list of traces, two that are ticked can be compared too.</p>
    </Dialog>
  )
}
