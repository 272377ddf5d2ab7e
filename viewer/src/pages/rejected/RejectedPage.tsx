import { useCallback, useEffect, useEffectEvent, useState } from 'react'
import { getRejected, type RejectedDocument } from '../../api/agent'
import { Icon } from '../../components/Icon'
import { Failure, Loading, Notice } from '../../components/Notice'
import { formatMoment } from '../../model/time-range'
import { useShortcuts } from '../../state/shortcuts'
import { useParameters } from '../../state/url'
import { RejectedDetails } from './RejectedDetails'
import './rejected.css'

const pageSize = 100

/** Documents that AWS X-Ray would reject, each with the reason. */
export default function RejectedPage() {
  const [parameters, update] = useParameters()
  const { rows, total, error, isLoading, loadMore, restart } = useRejected()
  const chosen = rows.find(row => String(row.Number) === parameters.get('at'))
  const move = (step: number) => {
    const place = chosen ? rows.indexOf(chosen) : -1
    const next = rows[Math.min(rows.length - 1, Math.max(0, place + step))]
    if (!next) return
    update({ at: String(next.Number) })
    document.getElementById(`rejected-${next.Number}`)?.scrollIntoView({ block: 'nearest' })
  }
  useShortcuts('Rejected', [
    { keys: ['j', 'ArrowDown'], help: 'Next document', run: () => move(1) },
    { keys: ['k', 'ArrowUp'], help: 'Previous document', run: () => move(-1) },
    { keys: ['r'], help: 'Refresh', run: restart },
    { keys: ['Escape'], help: 'Close the document', run: () => update({ at: undefined }) },
  ])
  if (error && rows.length === 0) return <Failure error={error} retry={restart} />
  if (isLoading && rows.length === 0) return <Loading what="rejected documents" />
  if (rows.length === 0) {
    return (
      <Notice title="Nothing was rejected">
        <p>Documents that AWS X-Ray would not take are kept here, with the reason.</p>
      </Notice>
    )
  }
  return (
    <div className="rejected">
      <div className="rejected-list">
        <header className="page-head">
          <div>
            <h1>Rejected documents</h1>
            <p className="muted">AWS X-Ray would not take these. They are kept aside, with the reason.</p>
          </div>
          <span className="muted">{total.toLocaleString()} in all</span>
        </header>
        <div className="panel table-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>Received</th>
                <th>Source</th>
                <th>Code</th>
                <th>Reason</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(row => (
                <tr
                  key={row.Number}
                  id={`rejected-${row.Number}`}
                  aria-selected={row === chosen}
                  onClick={() => update({ at: String(row.Number) })}
                >
                  <td className="nowrap">{formatMoment(row.ReceivedAt)}</td>
                  <td className="muted">{row.Source}</td>
                  <td className="nowrap">
                    <button type="button" className="link mono">
                      {row.ErrorCode}
                    </button>
                  </td>
                  <td className="rejected-reason">{row.Message}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {rows.length < total && (
          <button type="button" className="button rejected-more" disabled={isLoading} onClick={loadMore}>
            <Icon name="down" />
            Older
          </button>
        )}
      </div>
      {chosen && <RejectedDetails rejected={chosen} close={() => update({ at: undefined })} />}
    </div>
  )
}

function useRejected() {
  const [rows, setRows] = useState<RejectedDocument[]>([])
  const [total, setTotal] = useState(0)
  const [error, setError] = useState<Error>()
  const [isLoading, setLoading] = useState(true)
  const load = useCallback(async (before: RejectedDocument[]) => {
    setLoading(true)
    try {
      const page = await getRejected(before.at(-1)?.Number, pageSize)
      setRows([...before, ...page.Rejected])
      setTotal(page.Total)
      setError(undefined)
    } catch (failure) {
      setError(failure as Error)
    } finally {
      setLoading(false)
    }
  }, [])
  const first = useEffectEvent(() => void load([]))
  useEffect(first, [])
  return { rows, total, error, isLoading, loadMore: () => void load(rows), restart: () => void load([]) }
}
