import { useRef } from 'react'
import { pan, wholeTrace, windowBetween, zoom } from '../../model/time-window'
import type { Entity, Trace } from '../../model/trace'
import { useShortcuts } from '../../state/shortcuts'
import type { TraceView } from './useTraceView'

const page = 15

/** The keys of the trace page. */
export function useTraceShortcuts(trace: Trace, view: TraceView) {
  const { rows, active, window } = view
  // Keys may repeat faster than the address changes: go on from where the last one went.
  const latest = useRef<Entity | undefined>(undefined)
  latest.current = active
  const place = () => (latest.current ? rows.indexOf(latest.current) : -1)
  const goTo = (entity: Entity | undefined) => {
    if (!entity) return
    latest.current = entity
    view.select(entity)
  }
  const move = (step: number) => goTo(rows[Math.min(rows.length - 1, Math.max(0, place() + step))])
  const fold = () => {
    if (!active) return
    if (active.children.length > 0 && !view.isFolded(active)) view.toggleFold(active)
    else goTo(trace.entities[active.parent])
  }
  const unfold = () => {
    if (!active) return
    if (view.isFolded(active)) view.toggleFold(active)
    else if (active.children.length > 0) move(1)
  }
  const problem = (step: 1 | -1) => {
    for (let at = place() + step; at >= 0 && at < rows.length; at += step) {
      const row = rows[at]!
      if (row.fault || row.error || row.throttle) return goTo(row)
    }
  }
  const zoomToActive = () => {
    if (!active) return
    const [from, to] = [view.shareOf(active.start), view.shareOf(active.end)]
    const margin = (to - from) * 0.05
    view.setWindow(windowBetween(Math.max(0, from - margin), Math.min(1, to + margin)))
  }
  const around = active && (view.shareOf(active.start) + view.shareOf(active.end)) / 2
  useShortcuts('Trace', [
    { keys: ['j', 's', 'ArrowDown'], help: 'Next row', run: () => move(1) },
    { keys: ['k', 'w', 'ArrowUp'], help: 'Previous row', run: () => move(-1) },
    { keys: ['f', 'PageDown'], help: 'A page forward', run: () => move(page) },
    { keys: ['b', 'PageUp'], help: 'A page back', run: () => move(-page) },
    { keys: ['Home'], help: 'First row', run: () => goTo(rows[0]) },
    { keys: ['End'], help: 'Last row', run: () => goTo(rows.at(-1)) },
    { keys: ['e'], help: 'Next fault or error', run: () => problem(1) },
    { keys: ['E'], help: 'Previous fault or error', run: () => problem(-1) },
    { keys: ['ArrowLeft', 'h'], help: 'Fold, or go to the parent', run: fold },
    { keys: ['ArrowRight'], help: 'Unfold, or go to the first child', run: unfold },
    { keys: ['['], help: 'Fold one more level', run: () => view.foldAt(view.foldLevel - 1) },
    { keys: [']'], help: 'Unfold one more level', run: () => view.foldAt(view.foldLevel + 1) },
    { keys: ['{'], help: 'Fold everything', run: () => view.foldAt(0) },
    { keys: ['}'], help: 'Unfold everything', run: () => view.foldAt(view.deepest + 1) },
    { keys: ['+', '='], help: 'Zoom in', run: () => view.setWindow(zoom(window, 0.6, around)) },
    { keys: ['-'], help: 'Zoom out', run: () => view.setWindow(zoom(window, 1 / 0.6, around)) },
    {
      keys: ['a', 'd'],
      help: 'Pan left and right',
      run: ({ key }) => view.setWindow(pan(window, key === 'a' ? -0.2 : 0.2)),
    },
    { keys: ['z'], help: 'Zoom to the row', run: zoomToActive },
    { keys: ['0'], help: 'Show the whole trace', run: () => view.setWindow(wholeTrace) },
    { keys: ['p'], help: 'Critical path on or off', run: view.toggleCritical },
    { keys: ['i'], help: 'Inferred segments as rows or not', run: view.toggleInferred },
    {
      keys: ['m'],
      help: 'Timeline or map',
      run: () => view.setMode(view.mode === 'map' ? 'timeline' : 'map'),
    },
    { keys: ['/'], help: 'Find in the trace', run: () => document.getElementById('find-in-trace')?.focus() },
    { keys: ['Escape'], help: 'Close the details', run: () => view.select(undefined) },
  ])
}
