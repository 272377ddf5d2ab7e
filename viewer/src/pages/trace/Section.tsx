import type { ReactNode } from 'react'
import { CopyButton } from '../../components/CopyButton'
import './section.css'

interface Props {
  title: string
  /** What its copy button copies; without it there is none. */
  copy?: string | undefined
  children: ReactNode
}

export function Section({ title, copy, children }: Props) {
  return (
    <section className="details-section">
      <h3>
        {title}
        {copy !== undefined && <CopyButton text={copy} what={title} />}
      </h3>
      {children}
    </section>
  )
}
