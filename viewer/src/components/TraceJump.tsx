import { type FormEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { parseTraceId } from '../model/trace-id'
import { useShortcuts } from '../state/shortcuts'
import { Icon } from './Icon'

/** Goes to the trace whose id someone pasted, in whichever spelling. */
export function TraceJump() {
  const [, navigate] = useLocation()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState(false)
  const jump = (text: string) => {
    const id = parseTraceId(text)
    setProblem(!id && text.trim() !== '')
    if (!id || !input.current) return
    input.current.value = ''
    input.current.blur()
    navigate(`/traces/${id}`)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    jump(input.current?.value ?? '')
  }
  useShortcuts('Everywhere ', [
    { keys: ['ctrl+k', 't'], help: 'Go to a trace by its id', run: () => input.current?.focus() },
  ])
  return (
    <form className="trace-jump" onSubmit={submit}>
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        placeholder="Go to trace id or header"
        aria-label="Go to trace id or header"
        aria-invalid={problem}
        spellCheck={false}
        autoComplete="off"
        onChange={() => setProblem(false)}
        onBlur={() => setProblem(false)}
        onPaste={event => {
          const pasted = event.clipboardData.getData('text')
          if (parseTraceId(pasted)) {
            event.preventDefault()
            jump(pasted)
          }
        }}
      />
      {problem && (
        <div className="trace-jump-problem" role="alert">
          Not a trace id. Expected 1-8hex-24hex, 32 hex digits, a traceparent or an X-Amzn-Trace-Id header.
        </div>
      )}
    </form>
  )
}
