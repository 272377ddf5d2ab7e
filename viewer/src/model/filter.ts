import { filterSeconds } from './duration'

/** A string as filter expressions spell it. */
export function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Traces that the service has part in; `client` nodes and such are told apart by their type. */
export function serviceClause(name: string, type?: string): string {
  return type ? `service(${serviceId(name, type)})` : `service(${quote(name)})`
}

/** Traces in which one service called the other. */
export function edgeClause(from: ServiceName, to: ServiceName): string {
  return `edge(${serviceId(from.name, from.type)}, ${serviceId(to.name, to.type)})`
}

export interface ServiceName {
  name: string
  type?: string | undefined
}

function serviceId(name: string, type?: string): string {
  return type ? `id(name: ${quote(name)}, type: ${quote(type)})` : quote(name)
}

/** Adds a condition that must hold too; one that is there already is not added again. */
export function withClause(filter: string, clause: string): string {
  const text = filter.trim()
  if (text === '') return clause
  if (text.includes(clause)) return text
  return `${hasOuterOr(text) ? `(${text})` : text} AND ${clause}`
}

const durationBounds = /(?:\s*\bAND\s+)?\bduration\s*(?:>=|<)\s*[\d.e+-]+/gi

/** Puts the duration between two bounds (seconds), in place of bounds that are there. */
export function withDuration(filter: string, from: number, to: number): string {
  const rest = filter
    .replace(durationBounds, '')
    .replace(/^\s*AND\s+/i, '')
    .trim()
  return withClause(rest, `duration >= ${filterSeconds(from)} AND duration < ${filterSeconds(to)}`)
}

/** Whether an OR stands outside of every bracket and string: what is added with AND would bind closer. */
function hasOuterOr(text: string): boolean {
  const outside = text.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  let depth = 0
  for (const [token] of outside.matchAll(/[(){}]|\bOR\b/gi)) {
    if (token === '(' || token === '{') depth++
    else if (token === ')' || token === '}') depth--
    else if (depth === 0) return true
  }
  return false
}
