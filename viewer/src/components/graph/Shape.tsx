import type { KeyboardEvent, ReactNode } from 'react'

/** What is drawn of the map, a service or a connection, and what can be done with it. */
export interface ShapeProps<Placed> {
  placed: Placed
  /** The length of the map's range of time; none for a single trace. */
  seconds: number | undefined
  isChosen: boolean
  isDimmed: boolean
  onChoose: (key: string) => void
  onHover: (key: string | undefined) => void
}

interface Props extends Omit<ShapeProps<unknown>, 'placed' | 'seconds'> {
  /** What stands for it in the address. */
  subject: string
  label: string
  className: string
  transform?: string
  children: ReactNode
}

/** A drawing that is chosen like a button: by a click, Enter or Space. */
export function Shape({
  subject,
  label,
  className,
  transform,
  isChosen,
  isDimmed,
  onChoose,
  onHover,
  children,
}: Props) {
  const chooseByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    event.preventDefault()
    onChoose(subject)
  }
  return (
    <g
      className={`${className} ${isChosen ? 'chosen' : ''} ${isDimmed ? 'dimmed' : ''}`}
      transform={transform}
      role="button"
      tabIndex={0}
      aria-label={label}
      aria-pressed={isChosen}
      onClick={() => onChoose(subject)}
      onKeyDown={chooseByKey}
      onPointerEnter={() => onHover(subject)}
      onPointerLeave={() => onHover(undefined)}
    >
      {children}
    </g>
  )
}
