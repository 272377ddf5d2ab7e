import { useState } from 'react'
import type { StackFrame } from '../../api/documents'
import { type Exception, isOwnFrame } from '../../model/exceptions'
import { Section } from './Section'
import './exceptions.css'

/** What was raised, the application's frames first. */
export function Exceptions({ exceptions }: { exceptions: Exception[] }) {
  if (exceptions.length === 0) return null
  return (
    <Section title={exceptions.length === 1 ? 'Exception' : `${exceptions.length} exceptions`}>
      {exceptions.map(({ document, heldBy }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: exceptions need not have an id, and never move
        <article key={index} className="exception">
          <h4>
            {document.type ?? 'Exception'}
            {document.remote && <span className="badge">raised by the called service</span>}
            {heldBy && <span className="badge">from {heldBy.name}</span>}
          </h4>
          {document.message && <p>{document.message}</p>}
          {document.stack && document.stack.length > 0 && (
            <Stack stack={document.stack} cut={document.truncated} />
          )}
        </article>
      ))}
    </Section>
  )
}

function Stack({ stack, cut = 0 }: { stack: StackFrame[]; cut?: number | undefined }) {
  const [showsAll, setShowsAll] = useState(false)
  const own = stack.filter(isOwnFrame)
  const hidden = own.length === 0 ? 0 : stack.length - own.length
  const shown = showsAll || hidden === 0 ? stack : own
  return (
    <>
      <ol className="stack">
        {shown.map((frame, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: frames of a recursion are alike
          <li key={index} className={isOwnFrame(frame) ? '' : 'muted'}>
            <code>{frame.label || '(anonymous)'}</code>
            <span className="stack-path" title={frame.path}>
              {frame.path}
              {frame.line !== undefined && `:${frame.line}`}
            </span>
          </li>
        ))}
      </ol>
      {hidden > 0 && (
        <button type="button" className="link" onClick={() => setShowsAll(!showsAll)}>
          {showsAll
            ? 'Hide frames of libraries'
            : `Show ${hidden} ${hidden === 1 ? 'frame' : 'frames'} of libraries`}
        </button>
      )}
      {cut > 0 && <p className="muted">{cut} more frames were not recorded.</p>}
    </>
  )
}
