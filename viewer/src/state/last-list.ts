import { address } from './url'

let last = '/traces'

/** Remembers how the list of traces was looked at. */
export function rememberList(parameters: URLSearchParams) {
  last = address('/traces', Object.fromEntries(parameters))
}

/** The address of the list as it was last looked at. */
export function lastList(): string {
  return last
}
