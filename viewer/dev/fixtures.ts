import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import { answer } from './answers.ts'
import { makeStore } from './store.ts'

/** Serves made-up traces to `npm run dev`, so that the viewer can be worked on without an agent. */
export function fixtures(): Plugin {
  const store = makeStore(
    process.env.FIXTURE_TRACES === undefined ? 3000 : Number(process.env.FIXTURE_TRACES),
  )
  const handle = (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      if (url.pathname === '/api/live') return follow(response)
      const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {}
      const answered = answer(store, url, request.method ?? 'GET', body)
      if (!answered) return next()
      response.writeHead(answered.status, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(answered.body))
    })
  }
  const follow = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    const timer = setInterval(() => {
      const summary = store.add(Date.now() / 1000 - 0.3)
      response.write(`event: trace\ndata: ${JSON.stringify(summary)}\n\n`)
    }, 700)
    response.on('close', () => clearInterval(timer))
  }
  const isApi = (request: IncomingMessage) => request.method === 'POST' || request.url?.startsWith('/api/')
  return {
    name: 'fixtures',
    configureServer(server) {
      server.middlewares.use((request, response, next) =>
        isApi(request) ? handle(request, response, next) : next(),
      )
    },
    configurePreviewServer(server) {
      server.middlewares.use((request, response, next) =>
        isApi(request) ? handle(request, response, next) : next(),
      )
    },
  }
}
