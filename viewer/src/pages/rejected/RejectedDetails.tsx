import type { RejectedDocument } from '../../api/agent'
import { CopyButton } from '../../components/CopyButton'
import { IconButton } from '../../components/IconButton'

/** One rejected document: what is wrong, and what came. */
export function RejectedDetails({ rejected, close }: { rejected: RejectedDocument; close: () => void }) {
  const text = pretty(rejected.Document)
  return (
    <aside className="rejected-details" aria-label="Document">
      <header>
        <h2>{rejected.ErrorCode}</h2>
        <IconButton quiet icon="close" label="Close" title="Close (esc)" onClick={close} />
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
