import './service-dot.css'

interface Props {
  colour: string | undefined
  /** A subsegment has a narrow one. */
  isNarrow?: boolean
}

/** The colour of a service. */
export function ServiceDot({ colour, isNarrow = false }: Props) {
  return <i className={isNarrow ? 'service-dot narrow' : 'service-dot'} style={{ background: colour }} />
}
