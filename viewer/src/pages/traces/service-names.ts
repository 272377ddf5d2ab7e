import type { TraceSummary } from '../../api/summaries'

/** The services that did work in a trace, each once; who called the first one is not one of them. */
export function serviceNames(trace: TraceSummary): string[] {
  const names = (trace.ServiceIds ?? []).filter(({ Type }) => Type !== 'client').map(({ Name }) => Name ?? '')
  return [...new Set(names.filter(Boolean))]
}
