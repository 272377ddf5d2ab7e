import { useEffect, useEffectEvent, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { countSteps, shortCount } from '../model/count-axis'
import { dayOf, timeOf } from '../model/time-range'
import { useTheme } from '../state/theme'
import './chart.css'

export interface Series {
  label: string
  /** A custom property of the style sheet, say `--ok`. */
  colour: string
  values: number[]
}

/** A label of an axis. */
export interface Tick {
  at: number
  label: string
}

interface Props {
  label: string
  /** Where each bar begins; the last entry is where the last one ends. */
  edges: number[]
  /** Stacked on each other, the first at the bottom. */
  series: Series[]
  height: number
  isTime?: boolean
  /** What to write about a place of the x axis. */
  format: (edge: number) => string
  /** Where the x axis has labels; uPlot chooses if nothing is given. */
  ticks?: Tick[]
  /** Called with two places of the x axis when a range was dragged. */
  onBrush?: (from: number, to: number) => void
}

/** Stacked bars that can be brushed. */
export function Chart(props: Props) {
  const { label, edges, series, height, format } = props
  const { isDark } = useTheme()
  const box = useRef<HTMLDivElement>(null)
  const [hovered, setHovered] = useState<number | null>(null)
  const make = useEffectEvent((target: HTMLDivElement, data: Pick<Props, 'edges' | 'series'>) =>
    plot(target, { ...props, ...data }, setHovered),
  )
  useEffect(() => {
    const target = box.current
    // The theme is in here since the colours are read when the plot is made.
    if (!target || edges.length < 2 || isDark === undefined) return
    const made = make(target, { edges, series })
    const resized = new ResizeObserver(() => made.setSize({ width: target.clientWidth, height }))
    resized.observe(target)
    return () => {
      resized.disconnect()
      made.destroy()
    }
  }, [edges, series, height, isDark])
  const shown = hovered !== null && hovered < edges.length - 1 ? hovered : undefined
  return (
    <figure className="chart" aria-label={label}>
      <figcaption>
        <span>{label}</span>
        {shown !== undefined && (
          <span className="chart-hover">
            {format(edges[shown]!)} – {format(edges[shown + 1]!)}
            {series.map(one => one.values[shown]! > 0 && <Count key={one.label} series={one} at={shown} />)}
          </span>
        )}
      </figcaption>
      <div ref={box} className="chart-plot" />
    </figure>
  )
}

function Count({ series, at }: { series: Series; at: number }) {
  return (
    <span>
      <i style={{ background: `var(${series.colour})` }} /> {series.values[at]!.toLocaleString()}{' '}
      {series.label}
    </span>
  )
}

function plot(target: HTMLDivElement, props: Props, hover: (at: number | null) => void): uPlot {
  const { edges, series, height, isTime = false, ticks, onBrush } = props
  const bars = uPlot.paths.bars!({ size: [0.86, 60], align: 1, gap: 0, radius: 0.08 })
  const stacked = series.map((_, upTo) =>
    edges
      .slice(0, -1)
      .map((_, at) => series.slice(0, upTo + 1).reduce((sum, one) => sum + one.values[at]!, 0)),
  )
  const ink = colourOf(target, '--faint')
  const grid = { stroke: colourOf(target, '--border'), width: 1 }
  const axis = { stroke: ink, font: `11px ${getComputedStyle(target).fontFamily}`, ticks: { show: false } }
  return new uPlot(
    {
      width: target.clientWidth,
      height,
      // A label stands in the middle below its moment, which may be the last one.
      padding: [6, isTime ? 20 : 8, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: onBrush !== undefined, y: false, setScale: false },
      },
      scales: {
        x: { time: isTime, range: [edges[0]!, edges.at(-1)!] },
        y: { range: (_, __, most) => [0, Math.max(1, most * 1.08)] },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 3,
          grid: { show: false },
          space: 70,
          ...(ticks ? fixed(ticks) : { values: (_, moments) => clock(moments) }),
        },
        {
          ...axis,
          size: 40,
          gap: 4,
          grid,
          space: 26,
          incrs: countSteps,
          values: (_, counts) => counts.map(shortCount),
        },
      ],
      series: [
        {},
        ...series
          .map(({ label, colour }) => {
            const fill = colourOf(target, colour)
            return { label, fill, width: 0, paths: bars, points: { show: false } }
          })
          .reverse(),
      ],
      hooks: {
        setCursor: [made => hover(made.cursor.idx ?? null)],
        setSelect: [
          made => {
            const { left, width } = made.select
            made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
            if (width > 3) onBrush?.(made.posToVal(left, 'x'), made.posToVal(left + width, 'x'))
          },
        ],
      },
    },
    // A bar per edge but the last; that one only ends the scale.
    [edges.slice(0, -1), ...stacked.reverse()],
    target,
  )
}

function fixed(ticks: Tick[]) {
  return { splits: () => ticks.map(tick => tick.at), values: () => ticks.map(tick => tick.label) }
}

/** As much of each moment as tells it from the next. */
function clock(moments: number[]): string[] {
  const step = (moments[1] ?? 0) - (moments[0] ?? 0)
  return moments.map(moment => {
    const time = timeOf(moment)
    if (step >= 86400) return dayOf(moment).slice(5)
    return step < 60 ? time : time.slice(0, 5)
  })
}

/** Custom properties resolve only where they are used; canvases need the colour itself. */
function colourOf(near: HTMLElement, property: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${property})`
  near.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
