const xray = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/
const w3c = /^([0-9a-f]{8})([0-9a-f]{24})$/
const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/
const header = /(?:^|;)\s*root=(1-[0-9a-f]{8}-[0-9a-f]{24})/

/**
 * The trace id in a text that someone pasted, in X-Ray's spelling: an id in X-Ray or W3C spelling,
 * a `traceparent` or an `X-Amzn-Trace-Id` header.
 */
export function parseTraceId(text: string): string | undefined {
  const given = text.trim().toLowerCase()
  if (xray.test(given)) return given
  const inHeader = header.exec(given)
  if (inHeader) return inHeader[1]
  const hex = traceparent.exec(given)?.[1] ?? given
  const parts = w3c.exec(hex)
  return parts ? `1-${parts[1]}-${parts[2]}` : undefined
}

/** The id in W3C's spelling. */
export function toW3c(id: string): string {
  return id.slice(2).replace('-', '')
}
