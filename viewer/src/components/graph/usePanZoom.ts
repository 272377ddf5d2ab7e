import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { useWheel } from '../useWheel'

/** Where a drawing stands in its box. */
export interface View {
  x: number
  y: number
  scale: number
}

interface Size {
  width: number
  height: number
}

const closest = 3
const farthest = 0.05

/** What is drawn larger than this to fill its box looks coarse. */
const largestFit = 1.25

/** Smaller than this nobody could read the names. */
const smallestFit = 0.66

const margin = 12

/** Pans and zooms a drawing; until someone does, it fits its box, whatever size that has. */
export function usePanZoom(box: RefObject<SVGSVGElement | null>, drawing: Size) {
  const [view, setView] = useState<View>({ x: 0, y: 0, scale: 1 })
  const isTouched = useRef(false)
  const hasDragged = useRef(false)
  const { width, height } = drawing

  const change = (next: (before: View) => View) => {
    isTouched.current = true
    setView(next)
  }
  const zoom = (factor: number, x?: number, y?: number) => {
    const { width, height } = box.current!.getBoundingClientRect()
    change(before => zoomed(before, factor, x ?? width / 2, y ?? height / 2))
  }
  const move = (dx: number, dy: number) => change(({ x, y, scale }) => ({ x: x + dx, y: y + dy, scale }))
  const showAll = () => {
    isTouched.current = false
    if (box.current) setView(fitted(box.current.getBoundingClientRect(), drawing))
  }

  useEffect(() => {
    const target = box.current
    if (!target) return
    const fit = () => isTouched.current || setView(fitted(target.getBoundingClientRect(), { width, height }))
    const resized = new ResizeObserver(fit)
    resized.observe(target)
    return () => resized.disconnect()
  }, [box, width, height])
  useWheel(box, event => {
    event.preventDefault()
    const { left, top } = box.current!.getBoundingClientRect()
    zoom(0.998 ** event.deltaY, event.clientX - left, event.clientY - top)
  })

  const drag = {
    onPointerDown: (event: PointerEvent<SVGSVGElement>) => {
      hasDragged.current = false
      if (event.target === box.current) box.current.setPointerCapture(event.pointerId)
    },
    onPointerMove: (event: PointerEvent<SVGSVGElement>) => {
      if (!box.current?.hasPointerCapture(event.pointerId)) return
      if (event.movementX === 0 && event.movementY === 0) return
      hasDragged.current = true
      move(event.movementX, event.movementY)
    },
  }
  /** A press that moved the drawing was not meant for what is below it. */
  const wasDragged = () => hasDragged.current
  return { view, zoom, move, showAll, drag, wasDragged }
}

function fitted(box: Size, drawing: Size): View {
  const share = Math.min((box.width - 2 * margin) / drawing.width, (box.height - 2 * margin) / drawing.height)
  const scale = Math.max(smallestFit, Math.min(largestFit, share))
  // What does not fit begins at its first services.
  const x = Math.max(0, (box.width - drawing.width * scale) / 2)
  return { scale, x, y: Math.max(0, (box.height - drawing.height * scale) / 2) }
}

function zoomed(view: View, factor: number, x: number, y: number): View {
  const scale = Math.min(closest, Math.max(farthest, view.scale * factor))
  const real = scale / view.scale
  return { scale, x: x - (x - view.x) * real, y: y - (y - view.y) * real }
}
