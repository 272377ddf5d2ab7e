import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { Link } from 'wouter'
import { getTrace } from '../../api/traces'
import { BackToList } from '../../components/BackToList'
import { Failure, Loading, Notice } from '../../components/Notice'
import { type ComparedRow, compareTraces } from '../../model/compare'
import { formatDelta, formatDuration } from '../../model/duration'
import { titleOf } from '../../model/entity-label'
import { serviceColours } from '../../model/palette'
import { formatMoment } from '../../model/time-range'
import { buildTrace, durationOf, type Trace } from '../../model/trace'
import { useQuery } from '../../state/query'
import { useShortcuts } from '../../state/shortcuts'
import { useParameters } from '../../state/url'
import { CompareRow } from './CompareRow'
import './compare.css'

const rowHeight = 28

/** Two traces side by side, aligned by name. */
export default function ComparePage() {
  const [parameters, update] = useParameters()
  const [a, b] = [parameters.get('a') ?? '', parameters.get('b') ?? '']
  const first = useQuery(`trace ${a}`, signal => getTrace(a, signal))
  const second = useQuery(`trace ${b}`, signal => getTrace(b, signal))
  const traceA = useMemo(() => first.data && buildTrace(first.data), [first.data])
  const traceB = useMemo(() => second.data && buildTrace(second.data), [second.data])
  const error = first.error ?? second.error
  const sort = parameters.get('sort') === 'delta' ? 'delta' : 'trace'
  const swap = () => update({ a: b, b: a })
  const toggleSort = () => update({ sort: sort === 'delta' ? undefined : 'delta' })
  useShortcuts('Compare', [
    { keys: ['x'], help: 'Swap the two traces', run: swap },
    { keys: ['d'], help: 'Order by difference or as in the trace', run: toggleSort },
  ])
  if (!a || !b) return <Notice title="Two traces are needed">Select two in the list of traces.</Notice>
  if (error) return <Failure error={error} />
  if (!traceA || !traceB) return <Loading what="both traces" />
  return (
    <div className="full-page">
      <header className="compare-head">
        <BackToList />
        <TraceTitle letter="A" trace={traceA} />
        <button type="button" className="button" title="Swap the two (x)" onClick={swap}>
          ⇄<span className="visually-hidden">Swap</span>
        </button>
        <TraceTitle letter="B" trace={traceB} />
        <strong className={`compare-total ${deltaLook(durationOf(traceB) - durationOf(traceA))}`}>
          {formatDelta(durationOf(traceB) - durationOf(traceA))}
        </strong>
      </header>
      <Rows a={traceA} b={traceB} sort={sort} onSort={toggleSort} />
    </div>
  )
}

function TraceTitle({ letter, trace }: { letter: string; trace: Trace }) {
  const { service, action } = titleOf(trace.entities[trace.roots[0] ?? 0])
  return (
    <Link href={`/traces/${trace.id}`} className="compare-title">
      <span className="badge">{letter}</span>
      <span className="truncate">
        <strong>{service}</strong> {action}
      </span>
      <span className="muted">
        {formatDuration(durationOf(trace))} · {formatMoment(trace.start)}
      </span>
    </Link>
  )
}

function Rows({ a, b, sort, onSort }: { a: Trace; b: Trace; sort: 'trace' | 'delta'; onSort: () => void }) {
  const box = useRef<HTMLDivElement>(null)
  const colours = useMemo(() => serviceColours([...new Set([...a.services, ...b.services])]), [a, b])
  const rows = useMemo(() => {
    const aligned = compareTraces(a, b)
    return sort === 'delta' ? aligned.toSorted((x, y) => Math.abs(y.delta) - Math.abs(x.delta)) : aligned
  }, [a, b, sort])
  const longest = Math.max(durationOf(a), durationOf(b), 1e-9)
  const widest = rows.reduce((most, row) => Math.max(most, Math.abs(row.delta)), 1e-9)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 16,
  })
  return (
    <div className="compare-table" role="table" aria-label="Comparison" aria-rowcount={rows.length}>
      <div className="compare-row compare-columns" role="row">
        <span role="columnheader">{summaryOf(rows)}</span>
        <span role="columnheader">A</span>
        <span role="columnheader">B</span>
        <button
          type="button"
          className="link"
          role="columnheader"
          title="Order by difference (d)"
          onClick={onSort}
        >
          Difference {sort === 'delta' && '↓'}
        </button>
      </div>
      <div ref={box} className="compare-rows">
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(item => {
            const row = rows[item.index]!
            return (
              <CompareRow
                key={row.path}
                row={row}
                top={item.start}
                longest={longest}
                widest={widest}
                indents={sort === 'trace'}
                colour={colours.get((row.a ?? row.b)!.service) ?? 'var(--accent)'}
              />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function summaryOf(rows: ComparedRow[]): string {
  const onlyA = rows.filter(row => !row.b).length
  const onlyB = rows.filter(row => !row.a).length
  const both = (rows.length - onlyA - onlyB).toLocaleString()
  return `${both} in both, ${onlyA.toLocaleString()} only in A, ${onlyB.toLocaleString()} only in B`
}

function deltaLook(delta: number): string {
  if (Math.abs(delta) < 5e-7) return ''
  return delta > 0 ? 'slower' : 'faster'
}
