import { useMemo } from 'react'
import { CriticalIndex } from '../../model/critical-path'
import { serviceColours } from '../../model/palette'
import { type Folding, isFolded, search, toggle, visibleRows } from '../../model/rows'
import { readWindow, type TimeWindow, writeWindow } from '../../model/time-window'
import { durationOf, type Entity, type Trace } from '../../model/trace'
import { useParameters } from '../../state/url'

/** What is shown of a trace, all of it from the address, and how to change it. */
export function useTraceView(trace: Trace) {
  const [parameters, update] = useParameters()
  const colours = useMemo(() => serviceColours(trace.services), [trace])
  const critical = useMemo(() => new CriticalIndex(trace), [trace])
  const byId = useMemo(() => new Map(trace.entities.map(entity => [entity.id, entity])), [trace])
  const deepest = useMemo(() => trace.entities.reduce((deep, { depth }) => Math.max(deep, depth), 0), [trace])

  const find = parameters.get('find') ?? ''
  const matches = useMemo(() => search(trace, find), [trace, find])
  const level = parameters.get('level')
  const toggled = parameters.get('toggled')
  const folding: Folding = useMemo(
    () => ({
      level: level === null ? Number.POSITIVE_INFINITY : Number(level),
      toggled: new Set(toggled?.split(',').filter(Boolean)),
    }),
    [level, toggled],
  )
  const rows = useMemo(() => visibleRows(trace, folding, matches), [trace, folding, matches])
  const shown = parameters.get('zoom')
  const window = useMemo(() => readWindow(shown), [shown])
  const active = byId.get(parameters.get('at') ?? '')

  const setFolding = (next: Folding) =>
    update({
      level: Number.isFinite(next.level) ? String(next.level) : undefined,
      toggled: [...next.toggled].join(','),
    })
  const select = (entity: Entity | undefined) => update({ at: entity?.id })
  return {
    rows,
    colours,
    critical,
    matches,
    find,
    window,
    active,
    deepest,
    mode: parameters.get('view') === 'map' ? ('map' as const) : ('timeline' as const),
    showsCritical: parameters.get('path') !== 'off',
    /** What is deepest has nothing to fold. */
    foldLevel: Math.min(folding.level, deepest),
    isFolded: (entity: Entity) => !matches && isFolded(entity, folding),
    select,
    toggleFold: (entity: Entity) => setFolding(toggle(folding, entity.id)),
    foldAt: (depth: number) =>
      setFolding({
        level: depth >= deepest ? Number.POSITIVE_INFINITY : Math.max(0, depth),
        toggled: new Set(),
      }),
    setFind: (text: string) => update({ find: text }),
    setWindow: (next: TimeWindow) => update({ zoom: writeWindow(next) }),
    setMode: (mode: 'map' | 'timeline') =>
      update({ view: mode === 'map' ? 'map' : undefined }, { push: true }),
    showsInferred: parameters.get('inferred') === 'on',
    toggleInferred: () => update({ inferred: parameters.get('inferred') === 'on' ? undefined : 'on' }),
    toggleCritical: () => update({ path: parameters.get('path') === 'off' ? undefined : 'off' }),
    /** A moment as a share of the trace. */
    shareOf: (moment: number) => (moment - trace.start) / Math.max(1e-9, durationOf(trace)),
  }
}

export type TraceView = ReturnType<typeof useTraceView>
