/** A word of the filter language with a line that tells what it does. */
export interface Keyword {
  text: string
  kind: 'boolean' | 'number' | 'string' | 'function' | 'operator' | 'connector'
  help: string
}

/** The words that a filter expression may begin with. */
export const keywords: readonly Keyword[] = [
  { text: 'fault', kind: 'boolean', help: 'The root answered 5xx or failed' },
  { text: 'error', kind: 'boolean', help: 'The root answered 4xx' },
  { text: 'throttle', kind: 'boolean', help: 'The root answered 429' },
  { text: 'ok', kind: 'boolean', help: 'Neither error, fault nor throttle' },
  { text: 'partial', kind: 'boolean', help: 'Something of the trace is still in progress' },
  { text: 'responsetime', kind: 'number', help: 'Seconds until the root answered' },
  { text: 'duration', kind: 'number', help: 'Seconds from the first start to the last end' },
  { text: 'http.status', kind: 'number', help: 'Status code of the root' },
  { text: 'http.url', kind: 'string', help: 'URL of the request' },
  { text: 'http.method', kind: 'string', help: 'Method of the request' },
  { text: 'http.useragent', kind: 'string', help: 'Program that made the request' },
  { text: 'http.clientip', kind: 'string', help: 'Address that the request came from' },
  { text: 'service("', kind: 'function', help: 'A service has part in the trace: service("shop") { fault }' },
  { text: 'edge("', kind: 'function', help: 'One service called another: edge("shop", "stock") { error }' },
  { text: 'annotation.', kind: 'function', help: 'An annotation: annotation.customer = "Ada"' },
  { text: 'user', kind: 'string', help: 'Who made the request' },
  { text: 'group.name', kind: 'string', help: 'Matches the filter of a group' },
  { text: 'name', kind: 'string', help: 'Name of a service or an exception' },
  { text: 'message', kind: 'string', help: 'Message of an exception' },
  { text: 'type', kind: 'string', help: 'Type of a service' },
  { text: 'inferred', kind: 'boolean', help: 'Known only from the calls to it' },
  { text: 'remote', kind: 'boolean', help: 'The exception came from the called service' },
  { text: 'root', kind: 'boolean', help: 'In service(): the service is where the trace begins' },
  { text: 'first', kind: 'boolean', help: 'In service(): first in the chain of calls' },
  { text: 'last', kind: 'boolean', help: 'In service(): last in the chain of calls' },
  { text: 'index', kind: 'number', help: 'Place in the chain of calls' },
  { text: 'coverage', kind: 'number', help: 'Share of the response time that an entity takes' },
  { text: 'availabilityzone', kind: 'string', help: 'Availability zone of a segment' },
  { text: 'instance.id', kind: 'string', help: 'EC2 instance of a segment' },
  { text: 'resource.arn', kind: 'string', help: 'Resource of a segment' },
  { text: 'rootcause.fault.service {', kind: 'function', help: 'The service at the root of a fault' },
  { text: 'rootcause.error.service {', kind: 'function', help: 'The service at the root of an error' },
  { text: 'rootcause.responsetime.service {', kind: 'function', help: 'The service at the root of slowness' },
]
