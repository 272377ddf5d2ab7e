import type { RejectedDocument } from '../../api/agent'
import { CopyButton } from '../../components/CopyButton'
import { Icon } from '../../components/Icon'

/** One rejected document: what is wrong, and what came. */
export function RejectedDetails({ rejected, close }: { rejected: RejectedDocument; close: () => void }) {
  const text = pretty(rejected.Document)
  return (
    <aside className="rejected-details" aria-label="Document">
      <header>
        <h2>{rejected.ErrorCode}</h2>
        <button
          type="button"
          className="button quiet icon"
          title="Close (esc)"
          aria-label="Close"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </header>
      <p>{rejected.Message}</p>
      {(rejected.TraceId || rejected.SegmentId) && (
        <p className="muted">
          {rejected.TraceId && (
            <>
              trace <code>{rejected.TraceId}</code>{' '}
            </>
          )}
          {rejected.SegmentId && (
            <>
              segment <code>{rejected.SegmentId}</code>
            </>
          )}
        </p>
      )}
      <div className="rejected-document">
        <CopyButton text={rejected.Document} what="document" />
        <pre>{text || '(empty)'}</pre>
      </div>
    </aside>
  )
}

/** Indented if it is JSON; what is not stays as it came. */
function pretty(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), null, 2)
  } catch {
    return document
  }
}
