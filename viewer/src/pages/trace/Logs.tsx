import { FactTable } from './FactTable'
import { Section } from './Section'

/** The log groups in which an entity's logs are; documents from outside may hold anything there. */
export function Logs({ logs }: { logs: unknown }) {
  if (!Array.isArray(logs) || logs.length === 0) return null
  return (
    <Section title="Logs">
      {(logs as { log_group?: unknown; arn?: unknown }[]).map((log, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: nothing in it need be unique, and nothing moves
        <FactTable key={index} facts={{ 'Log group': log?.log_group, ARN: log?.arn }} />
      ))}
    </Section>
  )
}
