import { type RefObject, useEffect, useEffectEvent } from 'react'

/** Listens to the wheel over a box; `onTurn` may prevent what the browser would do. */
export function useWheel(box: RefObject<GlobalEventHandlers | null>, onTurn: (event: WheelEvent) => void) {
  const turn = useEffectEvent(onTurn)
  useEffect(() => {
    const target = box.current
    const listener = (event: WheelEvent) => turn(event)
    // React listens passively, which cannot keep the page from scrolling or zooming.
    target?.addEventListener('wheel', listener, { passive: false })
    return () => target?.removeEventListener('wheel', listener)
  }, [box])
}
