import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useEffectEvent, useMemo, useRef } from 'react'
import { useLocation } from 'wouter'
import { ApiError } from '../../api/client'
import { Failure, Loading, Notice } from '../../components/Notice'
import { barScale } from '../../model/bar-scale'
import { useShortcuts } from '../../state/shortcuts'
import type { TraceList, TraceListState } from '../../state/trace-list'
import { useParameters } from '../../state/url'
import { FirstSteps } from './FirstSteps'
import { TraceRow } from './TraceRow'
import './trace-table.css'

interface Props {
  state: TraceListState
  list: TraceList
  selected: string[]
  isLive: boolean
  onSelect: (id: string) => void
  onWiden: () => void
}

const rowHeight = 32

/** The traces, newest first; more are loaded when the end comes near. */
export function TraceTable({ state, list, selected, isLive, onSelect, onWiden }: Props) {
  const { rows, isLoading, isComplete, error } = state
  const [parameters, update] = useParameters()
  const [, navigate] = useLocation()
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: index => rows[index]!.Id,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const loadMore = useEffectEvent(() => void list.loadMore())
  useEffect(() => {
    if (last >= rows.length - 30 && rows.length > 0) loadMore()
  }, [last, rows.length])

  const at = parameters.get('at')
  const returnTo = useEffectEvent(() => {
    const place = rows.findIndex(row => row.Id === at)
    if (place > 0) virtual.scrollToIndex(place, { align: 'center' })
  })
  useEffect(returnTo, [])
  const open = useEffectEvent((id: string) => update({ at: id }))
  const move = (step: number) => {
    const before = rows.findIndex(row => row.Id === at)
    const index = Math.min(rows.length - 1, Math.max(0, before < 0 ? 0 : before + step))
    const row = rows[index]
    if (!row) return
    update({ at: row.Id })
    virtual.scrollToIndex(index, { align: 'auto' })
  }
  useShortcuts('Traces', [
    { keys: ['j', 'ArrowDown'], help: 'Next trace', run: () => move(1) },
    { keys: ['k', 'ArrowUp'], help: 'Previous trace', run: () => move(-1) },
    { keys: ['Enter', 'o'], help: 'Open the trace', run: () => at && navigate(`/traces/${at}`) },
    { keys: ['x'], help: 'Select the trace', run: () => at && onSelect(at) },
  ])
  const scale = useMemo(() => barScale(rows.map(row => row.Duration ?? 0)), [rows])
  if (rows.length === 0) {
    if (isLoading) return <Loading what="traces" />
    if (error)
      return error instanceof ApiError && error.status === 400 ? <FilterWrong /> : <Failure error={error} />
    return <Nothing hasFilter={list.request.filter !== ''} isLive={isLive} widen={onWiden} />
  }
  return (
    <div
      className="trace-table"
      role="table"
      aria-label="Traces"
      aria-rowcount={isComplete ? rows.length : -1}
    >
      <div className="trace-row trace-head" role="row">
        {['', 'Time', 'Duration', 'Status', 'Method', 'URL', 'Service', 'Services', 'User'].map(title => (
          <span key={title} role="columnheader">
            {title || <span className="visually-hidden">Select</span>}
          </span>
        ))}
      </div>
      <div ref={box} className="trace-rows">
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map(item => (
            <TraceRow
              key={item.key}
              trace={rows[item.index]!}
              top={item.start}
              scale={scale}
              isActive={rows[item.index]!.Id === at}
              isSelected={selected.includes(rows[item.index]!.Id)}
              onSelect={onSelect}
              onOpen={open}
            />
          ))}
        </div>
      </div>
      <footer className="trace-foot">
        {rows.length.toLocaleString()} {rows.length === 1 ? 'trace' : 'traces'}
        {isComplete ? '' : ' loaded, more below'}
        {isLoading && ' · loading…'}
        {error && <span className="problem"> · {error.message}</span>}
      </footer>
    </div>
  )
}

function FilterWrong() {
  return (
    <Notice title="The filter cannot be read">
      <p>Correct it above. Pressing ↓ in the filter shows what can be written there.</p>
    </Notice>
  )
}

function Nothing({ hasFilter, isLive, widen }: { hasFilter: boolean; isLive: boolean; widen: () => void }) {
  if (isLive) {
    return (
      <Notice title="Waiting for traces">
        <p>They appear here as they arrive.</p>
      </Notice>
    )
  }
  if (!hasFilter) return <FirstSteps widen={widen} />
  return (
    <Notice title="No trace matches">
      <p>Nothing in this range of time is selected by the filter.</p>
      <button type="button" className="button" onClick={widen}>
        Search the last 30 days
      </button>
    </Notice>
  )
}
