import type { EntityDocument, SegmentDocument } from '../src/api/documents'

/** Makes documents of a shop that calls an inventory, which calls a pricing service. */
export class Shop {
  #state: number

  /** The same seed makes the same traces. */
  constructor(seed = 1) {
    this.#state = seed
  }

  /** The documents of one request that began at `start` (seconds since the epoch). */
  request(start: number): SegmentDocument[] {
    const kind = this.#pick([
      'order',
      'order',
      'order',
      'browse',
      'browse',
      'browse',
      'login',
      'report',
    ] as const)
    const outcome =
      this.#random() < 0.06
        ? 'fault'
        : this.#random() < 0.05
          ? 'error'
          : this.#random() < 0.03
            ? 'throttle'
            : 'ok'
    if (kind === 'order') return this.#order(start, outcome)
    if (kind === 'report') return this.#report(start)
    return this.#browse(start, kind, outcome)
  }

  /** One segment with `count` subsegments, most of them streamed: each batch is a document of its own. */
  large(start: number, count: number): SegmentDocument[] {
    const traceId = this.#traceId(start)
    const root = this.#segment('nightly-import', traceId, start, 20)
    const batches = Math.max(1, Math.round(count / 25))
    const span = 20 / batches
    const streamed = Array.from({ length: batches }, (_, batch) => {
      const began = start + batch * span
      const rows = Array.from({ length: 24 }, (_, row) =>
        this.#query('INSERT INTO catalogue (sku, title) VALUES (?, ?)', began + (row * span) / 25, 0.0005),
      )
      const links = { type: 'subsegment', trace_id: traceId, parent_id: root.id }
      return { ...this.#call(`import batch ${batch}`, began, span, rows), ...links }
    })
    return [root, ...streamed]
  }

  /** A request that has not ended yet. */
  inProgress(start: number): SegmentDocument[] {
    const traceId = this.#traceId(start)
    const root = this.#segment('shop', traceId, start, 0)
    delete root.end_time
    root.in_progress = true
    root.http = { request: { method: 'POST', url: 'https://shop.example/checkout' } }
    const charge = this.#call('payments.example', start + 0.04, 0)
    delete charge.end_time
    Object.assign(charge, { in_progress: true, namespace: 'remote' })
    root.subsegments = [this.#query('SELECT * FROM carts WHERE id = ?', start + 0.01, 0.012), charge]
    return [root]
  }

  #order(start: number, outcome: string): SegmentDocument[] {
    const traceId = this.#traceId(start)
    const slow = this.#random() < 0.1 ? 6 : 1
    const total = this.#around(0.18) * slow
    const shop = this.#segment('shop', traceId, start, total)
    const inventory = this.#segment('inventory', traceId, start + total * 0.2, total * 0.55)
    const pricing = this.#segment('pricing', traceId, start + total * 0.32, total * 0.25)
    const toInventory = this.#remote(
      'inventory',
      'PUT',
      'http://inventory:8081/reservations',
      start + total * 0.18,
      total * 0.6,
    )
    const toPricing = this.#remote(
      'pricing',
      'GET',
      'http://pricing:8082/prices?sku=4711',
      start + total * 0.3,
      total * 0.3,
    )
    inventory.parent_id = toInventory.id
    pricing.parent_id = toPricing.id
    shop.http = this.#http('POST', 'https://shop.example/orders', outcome)
    inventory.http = this.#http('PUT', 'http://inventory:8081/reservations', outcome)
    pricing.http = this.#http('GET', 'http://pricing:8082/prices', 'ok')
    shop.user = this.#pick(['ada', 'grace', 'linus', 'margaret'])
    shop.annotations = {
      customer: shop.user,
      tier: this.#pick(['free', 'gold']),
      items: 1 + Math.floor(this.#random() * 9),
    }
    shop.metadata = {
      default: {
        cart: {
          id: 'c-1842',
          lines: [
            { sku: '4711', quantity: 2 },
            { sku: '0815', quantity: 1 },
          ],
        },
        retries: 0,
      },
      feature: { flags: ['new-checkout', 'fast-prices'], bucket: 17 },
    }
    const queue = this.#aws('SQS', 'SendMessage', start + total * 0.82, total * 0.12, {
      queue_url: 'https://sqs.eu-west-1.amazonaws.com/123456789012/confirmation-mails',
    })
    shop.subsegments = [
      this.#query('SELECT id, total FROM carts WHERE customer = ?', start + total * 0.03, total * 0.08),
      toInventory,
      queue,
    ]
    inventory.subsegments = [
      this.#query('SELECT quantity FROM stock WHERE sku = ? FOR UPDATE', start + total * 0.22, total * 0.06),
      toPricing,
      this.#aws('DynamoDB', 'PutItem', start + total * 0.62, total * 0.08, { table_name: 'reservations' }),
    ]
    pricing.subsegments = [
      this.#call('load discounts', start + total * 0.34, total * 0.1, [
        this.#aws('DynamoDB', 'Query', start + total * 0.35, total * 0.07, {
          table_name: 'discounts',
          retries: 1,
        }),
      ]),
      this.#call('calculate', start + total * 0.45, total * 0.08),
    ]
    this.#mark([shop, toInventory, inventory, inventory.subsegments[0]!], outcome)
    return [shop, inventory, pricing]
  }

  #browse(start: number, kind: string, outcome: string): SegmentDocument[] {
    const total = this.#around(kind === 'login' ? 0.06 : 0.025)
    const shop = this.#segment('shop', this.#traceId(start), start, total)
    const path = kind === 'login' ? '/login' : `/products/${1000 + Math.floor(this.#random() * 40)}`
    shop.http = this.#http(kind === 'login' ? 'POST' : 'GET', `https://shop.example${path}`, outcome)
    shop.subsegments = [
      this.#query('SELECT title, price, stock FROM products WHERE id = ?', start + total * 0.1, total * 0.4),
      this.#call('render template', start + total * 0.6, total * 0.35),
    ]
    this.#mark([shop], outcome)
    return [shop]
  }

  #report(start: number): SegmentDocument[] {
    const total = this.#around(2.4)
    const worker = this.#segment('report-worker', this.#traceId(start), start, total)
    worker.subsegments = [
      this.#query(
        'SELECT date, sum(total) FROM orders GROUP BY date ORDER BY date',
        start + 0.05,
        total * 0.6,
      ),
      this.#call('render pdf', start + total * 0.65, total * 0.2),
      this.#aws('S3', 'PutObject', start + total * 0.86, total * 0.12, {
        bucket_name: 'reports',
        key: 'daily.pdf',
      }),
    ]
    return [worker]
  }

  #mark(entities: EntityDocument[], outcome: string) {
    if (outcome === 'ok') return
    for (const entity of entities) {
      if (outcome === 'fault') entity.fault = true
      else entity.error = true
      if (outcome === 'throttle') entity.throttle = true
    }
    if (outcome !== 'fault') return
    const deepest = entities.at(-1)!
    deepest.cause = {
      working_directory: '/srv/inventory',
      exceptions: [
        {
          id: this.#hex(16),
          type: 'OperationalError',
          message:
            'deadlock detected: process 4242 waits for ShareLock on transaction 991; blocked by process 4240',
          stack: [
            { path: '/srv/inventory/stock.py', line: 88, label: 'reserve' },
            { path: '/usr/lib/python3.12/site-packages/psycopg/cursor.py', line: 97, label: 'execute' },
            { path: '/usr/lib/python3.12/site-packages/psycopg/connection.py', line: 960, label: 'wait' },
            { path: '/srv/inventory/app.py', line: 31, label: 'put_reservation' },
          ],
        },
      ],
    }
  }

  #segment(name: string, trace_id: string, start_time: number, duration: number): SegmentDocument {
    return {
      id: this.#hex(16),
      trace_id,
      name,
      start_time,
      end_time: start_time + duration,
      service: { version: '2.4.1', runtime: 'CPython', runtime_version: '3.12.4' },
      aws: { xray: { sdk: 'X-Ray for Python', sdk_version: '2.15.0', sampling_rule_name: 'Default' } },
    }
  }

  #call(name: string, start_time: number, duration: number, subsegments?: EntityDocument[]): EntityDocument {
    const call = { id: this.#hex(16), name, start_time, end_time: start_time + duration }
    return subsegments ? { ...call, subsegments } : call
  }

  #remote(name: string, method: string, url: string, start: number, duration: number): EntityDocument {
    const http = { request: { method, url, traced: true }, response: { status: 200, content_length: 812 } }
    return { ...this.#call(name, start, duration), namespace: 'remote', http }
  }

  #query(sanitized_query: string, start: number, duration: number): EntityDocument {
    const sql = {
      url: 'postgresql://db.internal:5432/shop',
      sanitized_query,
      database_type: 'PostgreSQL',
      database_version: '16.3',
      driver_version: 'psycopg 3.2',
      user: 'shop',
    }
    return { ...this.#call('shop@db.internal', start, duration), namespace: 'remote', sql }
  }

  #aws(
    name: string,
    operation: string,
    start: number,
    duration: number,
    more: Record<string, unknown>,
  ): EntityDocument {
    const aws = { operation, region: 'eu-west-1', request_id: this.#hex(16), ...more }
    return {
      ...this.#call(name, start, duration),
      namespace: 'aws',
      aws,
      http: { response: { status: 200 } },
    }
  }

  #http(method: string, url: string, outcome: string) {
    const status = { ok: 200, fault: 500, error: 404, throttle: 429 }[outcome] ?? 200
    const request = { method, url, user_agent: 'Mozilla/5.0 (X11; Linux x86_64)', client_ip: '203.0.113.24' }
    return { request, response: { status, content_length: 1290 } }
  }

  #around(middle: number): number {
    return middle * Math.exp((this.#random() + this.#random() + this.#random() - 1.5) * 1.1)
  }

  #traceId(start: number): string {
    return `1-${Math.floor(start).toString(16).padStart(8, '0')}-${this.#hex(24)}`
  }

  #hex(length: number): string {
    return Array.from({ length }, () => Math.floor(this.#random() * 16).toString(16)).join('')
  }

  #pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[Math.floor(this.#random() * choices.length)]!
  }

  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
