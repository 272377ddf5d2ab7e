import type { RawTrace } from '../api/traces'

/** The file that export writes and import reads: what BatchGetTraces answers. */
export function exportFile(traces: RawTrace[]): string {
  return JSON.stringify({ Traces: traces }, null, 1)
}
