/** How something ended, the worst first. */
export type Status = 'fault' | 'throttle' | 'error' | 'ok'

interface Flags {
  fault?: boolean | undefined
  throttle?: boolean | undefined
  error?: boolean | undefined
}

/** What to show of several flags: a throttled request is an error too, a failed one may be both. */
export function statusOf({ fault, throttle, error }: Flags): Status {
  if (fault) return 'fault'
  if (throttle) return 'throttle'
  return error ? 'error' : 'ok'
}

export const statusLabels: Record<Status, string> = {
  fault: 'Fault',
  throttle: 'Throttled',
  error: 'Error',
  ok: 'OK',
}
