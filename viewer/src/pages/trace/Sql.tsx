import { FactTable } from './FactTable'
import { Section } from './Section'

/** A query and where it ran. */
export function Sql({ sql }: { sql: Record<string, string> }) {
  const {
    sanitized_query: query,
    url,
    connection_string: connection,
    database_type,
    database_version,
    ...rest
  } = sql
  return (
    <Section title="SQL" copy={query}>
      {query && <pre className="details-query">{query}</pre>}
      <FactTable
        facts={{
          Database: [database_type, database_version].filter(Boolean).join(' '),
          Address: url ?? connection,
          User: rest.user,
          Driver: rest.driver_version,
          Preparation: rest.preparation,
        }}
      />
    </Section>
  )
}
