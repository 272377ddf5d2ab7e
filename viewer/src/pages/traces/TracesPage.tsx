import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { useLocation } from 'wouter'
import type { TraceSummary } from '../../api/summaries'
import { FilterInput } from '../../components/filter/FilterInput'
import { GroupMenu } from '../../components/filter/GroupMenu'
import { IconButton } from '../../components/IconButton'
import { TimeRangePicker } from '../../components/TimeRangePicker'
import { rememberList } from '../../state/last-list'
import { useLive } from '../../state/live'
import { useShortcuts } from '../../state/shortcuts'
import { refreshIfStale, refreshNow, useTimeSelection } from '../../state/time'
import { useTraceList } from '../../state/trace-list'
import { address, useParameters } from '../../state/url'
import { ImportButton } from './ImportButton'
import { LiveButton } from './LiveButton'
import { SelectionBar } from './SelectionBar'
import { TraceCharts } from './TraceCharts'
import { TraceTable } from './TraceTable'

/** The list of traces. */
export function TracesPage() {
  const [parameters, update] = useParameters()
  const [, navigate] = useLocation()
  const { range, start, end, setRange } = useTimeSelection()
  const filter = parameters.get('q') ?? ''
  const input = useRef<HTMLInputElement>(null)
  const selected = parameters.get('selected')?.split(',').filter(Boolean) ?? []
  const [state, list] = useTraceList({ start, end, filter })
  const live = useLiveRows(parameters.get('live'), filter, rows => list.merge(rows))

  const setFilter = (q: string) => {
    refreshIfStale()
    update({ q }, { push: true })
  }
  const select = (id: string) => {
    const next = selected.includes(id) ? selected.filter(other => other !== id) : [...selected.slice(-1), id]
    update({ selected: next.join(',') })
  }
  const compare = () => {
    if (selected.length === 2) navigate(address('/compare', { a: selected[0], b: selected[1] }))
  }
  useEffect(refreshIfStale, [])
  useEffect(() => rememberList(parameters), [parameters])
  useShortcuts('Traces', [
    { keys: ['/'], help: 'Edit the filter', run: () => input.current?.focus() },
    { keys: ['r'], help: 'Refresh', run: refreshNow },
    { keys: ['l'], help: 'Live tail on or off', run: live.toggle },
    { keys: ['p'], help: 'Pause the live tail', run: live.togglePause },
    { keys: ['c'], help: 'Compare the two selected traces', run: compare },
  ])
  return (
    <div className="full-page">
      <div className="toolbar">
        <FilterInput value={filter} error={state.error} onSubmit={setFilter} inputRef={input} />
        <GroupMenu filter={filter} onChoose={setFilter} />
        <TimeRangePicker />
        <LiveButton live={live} />
        <IconButton icon="refresh" label="Refresh" title="Refresh (r)" onClick={refreshNow} />
        <ImportButton />
      </div>
      <TraceCharts
        request={{ start, end, filter }}
        followsNow={live.isOn && !live.isPaused && range.kind === 'last'}
        onFilter={setFilter}
        onRange={setRange}
      />
      <TraceTable
        state={state}
        list={list}
        selected={selected}
        isLive={live.isOn}
        onSelect={select}
        onWiden={() => setRange({ kind: 'last', seconds: 30 * 86400 })}
      />
      {selected.length > 0 && (
        <SelectionBar
          count={selected.length}
          compare={compare}
          clear={() => update({ selected: undefined })}
        />
      )}
    </div>
  )
}

/** Rows that arrive while the live tail is on; paused, they wait. */
function useLiveRows(mode: string | null, filter: string, merge: (rows: TraceSummary[]) => void) {
  const [, update] = useParameters()
  const [waiting, setWaiting] = useState<TraceSummary[]>([])
  const isOn = mode !== null
  const isPaused = mode === 'paused'
  const live = useLive(isOn, filter, rows => {
    if (isPaused) setWaiting(before => [...before, ...rows].slice(-2_000))
    else merge(rows)
  })
  const catchUp = useEffectEvent(() => {
    if (waiting.length === 0) return
    merge(waiting)
    setWaiting([])
  })
  useEffect(() => {
    if (!isPaused) catchUp()
  }, [isPaused])
  const toggle = () => {
    if (!isOn) refreshNow()
    update({ live: isOn ? undefined : 'on' })
  }
  const togglePause = () => isOn && update({ live: isPaused ? 'on' : 'paused' })
  return { isOn, isPaused, ...live, waiting: new Set(waiting.map(row => row.Id)).size, toggle, togglePause }
}

export type LiveRows = ReturnType<typeof useLiveRows>
