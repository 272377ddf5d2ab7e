import type { GraphService, Statistics } from '../src/api/graph'
import type { SamplingRule } from '../src/api/sampling'
import type { TraceSummary } from '../src/api/summaries'
import type { FixtureStore } from './store.ts'

interface Answer {
  status: number
  body: unknown
}

// biome-ignore lint/suspicious/noExplicitAny: the bodies of a dozen operations
type Body = any

const rules: SamplingRule[] = [
  rule('checkout', 100, 1, 10, { URLPath: '/checkout*', HTTPMethod: 'POST' }),
  rule('health-checks', 200, 0, 0, { URLPath: '/health' }),
  rule('Default', 10000, 0.05, 1, {}),
]
const groups = [
  { GroupName: 'failures', FilterExpression: 'fault OR error' },
  { GroupName: 'slow-orders', FilterExpression: 'http.url CONTAINS "/orders" AND duration > 0.5' },
]

/** What the agent would answer, about the traces of the store. */
export function answer(store: FixtureStore, url: URL, method: string, body: Body): Answer | undefined {
  const operations: Record<string, () => unknown> = {
    'POST /TraceSummaries': () => summaries(store, body),
    'POST /Traces': () => traces(store, body.TraceIds),
    'POST /api/distribution': () => distribution(selected(store, body), body),
    'POST /ServiceGraph': () => ({ Services: store.traces.size ? graph() : [] }),
    'POST /TraceGraph': () => ({ Services: graph() }),
    'POST /GetSamplingRules': () => ({
      SamplingRuleRecords: rules.map(SamplingRule => ({ SamplingRule, ModifiedAt: 1.7e9, CreatedAt: 1.7e9 })),
    }),
    'POST /CreateSamplingRule': () => rules.push(body.SamplingRule),
    'POST /UpdateSamplingRule': () =>
      Object.assign(
        rules.find(rule => rule.RuleName === body.SamplingRuleUpdate.RuleName) ?? {},
        body.SamplingRuleUpdate,
      ),
    'POST /DeleteSamplingRule': () =>
      rules.splice(
        rules.findIndex(rule => rule.RuleName === body.RuleName),
        1,
      ),
    'POST /Groups': () => ({ Groups: groups }),
    'POST /CreateGroup': () => groups.push(body),
    'POST /DeleteGroup': () =>
      groups.splice(
        groups.findIndex(group => group.GroupName === body.GroupName),
        1,
      ),
    'POST /api/import': () => ({ Imported: body.Traces.length, Rejected: [] }),
    'GET /api/completions': () => ({ Values: completions(url.searchParams) }),
    'GET /api/rejected': () => rejected(url.searchParams),
    'GET /api/agent': () => agent(store),
  }
  const operation = operations[`${method} ${url.pathname}`]
  if (!operation) return undefined
  const place = String(body.FilterExpression ?? '').indexOf('??')
  if (place >= 0) {
    const message = `Invalid filter expression at position ${place}: expected a keyword, found "?"`
    return { status: 400, body: { __type: 'InvalidRequestException', message, position: place } }
  }
  return { status: 200, body: operation() ?? {} }
}

function selected(store: FixtureStore, { StartTime, EndTime, FilterExpression = '' }: Body): TraceSummary[] {
  const from = Number(/duration >= ([\d.]+)/.exec(FilterExpression)?.[1] ?? 0)
  const to = Number(/duration < ([\d.]+)/.exec(FilterExpression)?.[1] ?? Number.POSITIVE_INFINITY)
  const faults = /\bfault\b/.test(FilterExpression)
  return store.summaries.filter(
    ({ StartTime: start = 0, Duration = 0, HasFault }) =>
      start >= StartTime && start < EndTime && Duration >= from && Duration < to && (!faults || HasFault),
  )
}

function summaries(store: FixtureStore, body: Body) {
  const found = selected(store, body)
  const at = Number(body.NextToken ?? 0)
  const more = found.length > at + 100 ? { NextToken: String(at + 100) } : {}
  return {
    TraceSummaries: found.slice(at, at + 100),
    TracesProcessedCount: found.length,
    ApproximateTime: 0,
    ...more,
  }
}

function traces(store: FixtureStore, ids: string[]) {
  const found = ids.filter(id => store.traces.has(id))
  return {
    Traces: found.map(Id => ({
      Id,
      Segments: store.traces
        .get(Id)!
        .map(document => ({ Id: document.id, Document: JSON.stringify(document) })),
    })),
    UnprocessedTraceIds: ids.filter(id => !store.traces.has(id)),
  }
}

function distribution(found: TraceSummary[], { StartTime, EndTime }: Body) {
  const slices = 60
  const step = (EndTime - StartTime) / slices
  const Times = Array.from({ length: slices }, (_, at) => ({
    Time: StartTime + at * step,
    OkCount: 0,
    ErrorCount: 0,
    FaultCount: 0,
    ThrottleCount: 0,
  }))
  for (const { StartTime: start = 0, HasFault, HasError, HasThrottle } of found) {
    const slice = Times[Math.floor((start - StartTime) / step)]!
    slice[HasFault ? 'FaultCount' : HasThrottle ? 'ThrottleCount' : HasError ? 'ErrorCount' : 'OkCount']++
  }
  return {
    Durations: found.map(({ Duration }) => ({ Value: Duration, Count: 1 })),
    Times,
    TracesProcessedCount: found.length,
    IsComplete: true,
  }
}

function graph(): GraphService[] {
  const statistics = (
    total: number,
    faults: number,
    errors: number,
    throttles: number,
    mean: number,
  ): Statistics => ({
    OkCount: total - faults - errors - throttles,
    ErrorStatistics: { ThrottleCount: throttles, OtherCount: errors, TotalCount: errors + throttles },
    FaultStatistics: { OtherCount: faults, TotalCount: faults },
    TotalCount: total,
    TotalResponseTime: total * mean,
  })
  const histogram = (mean: number) =>
    Array.from({ length: 30 }, (_, at) => ({
      Value: mean * 1.2 ** (at - 14),
      Count: Math.round(60 * Math.exp(-(((at - 13) / 5) ** 2))) + (at > 25 ? 3 : 0),
    }))
  const node = (
    ReferenceId: number,
    Name: string,
    Type: string,
    numbers: [number, number, number, number, number],
    to: [number, [number, number, number, number, number]][] = [],
    Root = false,
  ): GraphService => ({
    ReferenceId,
    Name,
    Names: [Name],
    Type,
    Root,
    SummaryStatistics: statistics(...numbers),
    ResponseTimeHistogram: histogram(numbers[4]),
    DurationHistogram: histogram(numbers[4]),
    Edges: to.map(([target, edge]) => ({
      ReferenceId: target,
      SummaryStatistics: statistics(...edge),
      ResponseTimeHistogram: histogram(edge[4]),
    })),
  })
  return [
    node(0, 'shop', 'client', [2600, 150, 120, 60, 0.14], [[1, [2600, 150, 120, 60, 0.14]]]),
    node(
      1,
      'shop',
      'AWS::EC2::Instance',
      [2600, 150, 120, 60, 0.14],
      [
        [2, [1100, 70, 50, 20, 0.11]],
        [4, [2600, 0, 0, 0, 0.011]],
        [6, [1100, 0, 0, 0, 0.02]],
      ],
      true,
    ),
    node(
      2,
      'inventory',
      'AWS::ECS::Container',
      [1100, 70, 50, 20, 0.1],
      [
        [3, [1100, 0, 0, 0, 0.05]],
        [4, [1100, 70, 0, 0, 0.01]],
        [5, [1100, 0, 0, 40, 0.014]],
      ],
    ),
    node(3, 'pricing', 'AWS::ECS::Container', [1100, 0, 0, 0, 0.045], [[7, [1100, 0, 0, 0, 0.012]]]),
    node(4, 'shop@db.internal', 'Database::SQL', [3700, 70, 0, 0, 0.011]),
    node(5, 'reservations', 'AWS::DynamoDB::Table', [1100, 0, 0, 40, 0.014]),
    node(6, 'confirmation-mails', 'AWS::SQS::Queue', [1100, 0, 0, 0, 0.02]),
    node(7, 'discounts', 'AWS::DynamoDB::Table', [1100, 0, 0, 0, 0.012]),
    node(8, 'report-worker', 'client', [390, 0, 0, 0, 2.4], [[9, [390, 0, 0, 0, 2.4]]]),
    node(
      9,
      'report-worker',
      'AWS::EC2::Instance',
      [390, 0, 0, 0, 2.4],
      [
        [4, [390, 0, 0, 0, 1.4]],
        [10, [390, 0, 0, 0, 0.3]],
      ],
      true,
    ),
    node(10, 'S3', 'AWS::S3', [390, 0, 0, 0, 0.3]),
  ]
}

function completions(query: URLSearchParams) {
  const values: Record<string, string[]> = {
    service: ['shop', 'inventory', 'pricing', 'report-worker', 'nightly-import'],
    annotation: ['customer', 'tier', 'items'],
    'annotation-value': ['ada', 'grace', 'linus', 'margaret'],
    user: ['ada', 'grace', 'linus', 'margaret'],
    url: ['https://shop.example/orders', 'https://shop.example/login'],
  }
  return (values[query.get('kind') ?? ''] ?? []).filter(value => value.startsWith(query.get('prefix') ?? ''))
}

function rejected(query: URLSearchParams) {
  const codes: [string, string][] = [
    ['InvalidTraceId', 'trace_id is "1-zz-1", which is not 1-<8 hexadecimal digits>-<24 hexadecimal digits>'],
    ['MissingId', 'the segment has no id; 16 hexadecimal digits are expected'],
    ['ParseError', 'expected value at line 1 column 14'],
    ['InvalidName', 'name is "shop <b>", but < is not allowed in names'],
  ]
  const before = Number(query.get('before') ?? 121)
  const limit = Number(query.get('limit') ?? 50)
  const Rejected = Array.from({ length: Math.max(0, Math.min(limit, before - 1)) }, (_, at) => {
    const number = before - 1 - at
    const [ErrorCode, Message] = codes[number % codes.length]!
    return {
      Number: number,
      ReceivedAt: Date.now() / 1000 - (121 - number) * 37,
      Source: ['udp', 'api', 'otlp'][number % 3],
      ErrorCode,
      Message,
      SegmentId: number % 4 === 1 ? null : '53995c3f42cd8ad8',
      TraceId: number % 4 === 0 ? '1-zz-1' : null,
      Document:
        number % 4 === 2
          ? '{"name":"shop","id":'
          : JSON.stringify({
              name: 'shop <b>',
              id: '53995c3f42cd8ad8',
              trace_id: '1-zz-1',
              start_time: 1.7e9,
            }),
    }
  })
  return { Rejected, Total: 120 }
}

function agent(store: FixtureStore) {
  const documents = store.traces.size * 2
  const now = Date.now() / 1000
  return {
    Version: '0.1.0',
    StartedAt: now - 4242,
    UptimeSeconds: 4242 + (now % 100_000),
    Listeners: [
      { Name: 'udp', Address: '127.0.0.1:2000', Purpose: 'X-Ray datagrams' },
      { Name: 'tcp', Address: '127.0.0.1:2000', Purpose: 'X-Ray API for SDKs' },
      { Name: 'web', Address: '127.0.0.1:2080', Purpose: 'viewer and X-Ray API' },
      { Name: 'otlp-http', Address: '127.0.0.1:4318', Purpose: 'OTLP over HTTP' },
      { Name: 'otlp-grpc', Address: '127.0.0.1:4317', Purpose: 'OTLP over gRPC' },
    ],
    Sources: ['udp', 'api', 'otlp', 'import'].map((Name, at) => ({
      Name,
      Received: Math.round(documents / 2 ** at),
      Kept: Math.round(documents / 2 ** at) - (at < 3 ? 40 : 0),
      Rejected: at < 3 ? 40 : 0,
    })),
    Lost: [
      { Reason: 'socket-buffer', Count: 17 },
      { Reason: 'invalid-header', Count: 0 },
    ],
    Store: {
      Bytes: 48_300_000,
      Buckets: 6,
      Documents: documents,
      Traces: store.traces.size,
      Rejected: 120,
      Oldest: now - 20_000,
      Expired: 0,
    },
    Sinks: [
      {
        Name: 'xray',
        State: 'working',
        Since: now - 4000,
        Sent: 812_331,
        Refused: 0,
        Expired: 0,
        Pending: 12,
        Retries: 3,
        LastError: null,
        LastRefusal: null,
      },
      {
        Name: 'otlp http://collector:4318',
        State: 'failing',
        Since: now - 90,
        Sent: 790_112,
        Refused: 2,
        Expired: 0,
        Pending: 22_219,
        Retries: 31,
        LastError: { Message: 'connection refused (http://collector:4318/v1/traces)', At: now - 4 },
        LastRefusal: null,
      },
    ],
  }
}

function rule(
  RuleName: string,
  Priority: number,
  FixedRate: number,
  ReservoirSize: number,
  more: object,
): SamplingRule {
  return {
    RuleName,
    Priority,
    FixedRate,
    ReservoirSize,
    ResourceARN: '*',
    ServiceName: '*',
    ServiceType: '*',
    Host: '*',
    HTTPMethod: '*',
    URLPath: '*',
    Version: 1,
    ...more,
  }
}
