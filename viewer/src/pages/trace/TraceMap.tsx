import type { Trace } from '../../model/trace'
export default function TraceMap({ trace }: { trace: Trace }) { return <p>{trace.id}</p> }
