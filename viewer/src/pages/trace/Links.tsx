import { Link } from 'wouter'
import type { Link as TraceLink } from '../../api/documents'
import { address } from '../../state/url'
import { Section } from './Section'

/** The traces that an entity is linked with, say the one that sent a message. */
export function Links({ links = [] }: { links?: TraceLink[] | undefined }) {
  if (links.length === 0) return null
  return (
    <Section title="Linked traces">
      <ul className="details-links">
        {links.map(link => (
          <li key={`${link.trace_id} ${link.id}`}>
            <Link className="mono" href={address(`/traces/${link.trace_id}`, { at: link.id })}>
              {link.trace_id}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
