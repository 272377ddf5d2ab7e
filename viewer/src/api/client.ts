/** What the server answered when it could not do what was asked. */
export class ApiError extends Error {
  readonly status: number
  /** The X-Ray API's error type, say `InvalidRequestException`. */
  readonly code: string
  /** Where in the filter expression the error is, counted in characters. */
  readonly position: number | undefined

  constructor(status: number, code: string, message: string, position?: number) {
    super(message)
    this.status = status
    this.code = code
    this.position = position
  }
}

/** Calls an operation of the X-Ray API or an endpoint of the agent. */
export async function post<Answer>(path: string, body: unknown, signal?: AbortSignal): Promise<Answer> {
  const request: RequestInit = {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
  return call<Answer>(path, signal ? { ...request, signal } : request)
}

/** Reads an endpoint of the agent. */
export async function get<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  return call<Answer>(path, signal ? { signal } : {})
}

async function call<Answer>(path: string, request: RequestInit): Promise<Answer> {
  let response: Response
  try {
    response = await fetch(path, request)
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure
    throw new ApiError(0, 'Unreachable', 'The agent does not answer. Is it still running?')
  }
  const text = await response.text()
  if (!response.ok) throw errorOf(response.status, text)
  return (text === '' ? {} : JSON.parse(text)) as Answer
}

function errorOf(status: number, text: string): ApiError {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>
    const message = String(answer.message ?? answer.Message ?? text)
    const code = String(answer.__type ?? answer.code ?? `HTTP ${status}`)
    return new ApiError(status, code, withoutExcerpt(message), positionOf(answer, message))
  } catch {
    return new ApiError(
      status,
      `HTTP ${status}`,
      text.slice(0, 300) || `The agent answered with status ${status}.`,
    )
  }
}

/**
 * What is wrong with a filter comes with the place in it, for terminals: lines that begin with four spaces.
 * Here the filter itself shows the place.
 */
function withoutExcerpt(message: string): string {
  return message
    .split('\n')
    .filter(line => !line.startsWith('    '))
    .join('\n')
}

/** The agent names the place of an error in a filter as a number; older ones only in the message. */
function positionOf(answer: Record<string, unknown>, message: string): number | undefined {
  const given = answer.position ?? answer.Position
  if (typeof given === 'number') return given
  const named = /(?:position|character|column|offset) (\d+)/i.exec(message)
  return named ? Number(named[1]) : undefined
}
