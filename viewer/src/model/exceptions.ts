import type { Cause, ExceptionDocument, StackFrame } from '../api/documents'
import type { Entity, Trace } from './trace'

/** An exception with the ones that caused it, and where it is written down if that is elsewhere. */
export interface Exception {
  document: ExceptionDocument
  /** The entity that holds it, when another one only points there. */
  heldBy: Entity | undefined
}

/** The exceptions of an entity; a cause may be the id of one that is written down elsewhere in the trace. */
export function exceptionsOf(trace: Trace, { document }: Entity): Exception[] {
  const { cause } = document
  if (cause === undefined) return []
  if (typeof cause !== 'string') {
    return (cause.exceptions ?? []).map(one => ({ document: one, heldBy: undefined }))
  }
  for (const entity of trace.entities) {
    const found = listed(entity.document.cause).find(one => one.id === cause)
    if (found) return [{ document: found, heldBy: entity }]
  }
  return []
}

const library =
  /(?:^|\/)(?:site-packages|dist-packages|node_modules|lib\/python[\d.]+|gems|vendor)\/|^node:|^<frozen|\.cargo\/|\/rustc\//

/** Whether a frame is the application's own, as opposed to a library's. */
export function isOwnFrame({ path = '' }: StackFrame): boolean {
  return !library.test(path)
}

function listed(cause: Cause | string | undefined): ExceptionDocument[] {
  return typeof cause === 'object' ? (cause.exceptions ?? []) : []
}
