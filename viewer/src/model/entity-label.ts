import type { Entity } from './trace'

/** What an entity did, beside its name: the request, the query, the operation. */
export function whatItDid({ document }: Entity): string {
  const { sql, http, aws } = document
  if (sql) return sql.sanitized_query ?? sql.database_type ?? ''
  if (aws?.operation) return [aws.operation, resourceOf(aws)].filter(Boolean).join(' ')
  const { method, url } = http?.request ?? {}
  return [method, url && pathOf(url)].filter(Boolean).join(' ')
}

/** The table, queue, bucket or function that an AWS call was about. */
export function resourceOf(aws: Record<string, unknown>): string | undefined {
  const names = [
    'table_name',
    'bucket_name',
    'queue_url',
    'topic_arn',
    'function_name',
    'resource_names',
    'table_names',
  ]
  const value = names.map(name => aws[name]).find(found => found !== undefined)
  const first = Array.isArray(value) ? value[0] : value
  return typeof first === 'string' ? first.split(/[/:]/).at(-1) : undefined
}

/** What a trace is about: its first root's request, or else its name. */
export function titleOf(root: Entity | undefined): { service: string; action: string } {
  return { service: root?.name ?? '', action: root ? whatItDid(root) : '' }
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'
}
