import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SegmentDocument } from '../src/api/documents'

/** A running agent with a store of its own. */
export class Agent {
  readonly url: string
  #process: ChildProcess
  #directory: string
  readonly udpAddress: string
  #udpPort: number

  private constructor(process: ChildProcess, directory: string, webPort: number, udpPort: number) {
    this.#process = process
    this.#directory = directory
    this.#udpPort = udpPort
    this.udpAddress = `127.0.0.1:${udpPort}`
    this.url = `http://127.0.0.1:${webPort}`
  }

  /** Starts the binary that FLUORO_BINARY names, on free ports. */
  static async start(): Promise<Agent> {
    const binary = process.env.FLUORO_BINARY
    if (!binary) throw new Error('FLUORO_BINARY must name the fluoro binary to test')
    const directory = await mkdtemp(join(tmpdir(), 'fluoro-viewer-'))
    const [udp, tcp, web, otlpHttp, otlpGrpc] = await freePorts(5)
    const at = (port: number | undefined) => `127.0.0.1:${port}`
    const listeners = ['--bind', at(udp), '--bind-tcp', at(tcp), '--web', at(web)]
    const otlp = ['--otlp-http', at(otlpHttp), '--otlp-grpc', at(otlpGrpc)]
    const child = spawn(binary, ['agent', '--data', directory, ...listeners, ...otlp], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const agent = new Agent(child, directory, web!, udp!)
    let said = ''
    child.stderr?.on('data', chunk => {
      said = (said + chunk).slice(-4_000)
    })
    try {
      await until(async () => {
        if (child.exitCode !== null) throw new Error(`the agent stopped with ${child.exitCode}: ${said}`)
        return (await fetch(`${agent.url}/ready`).catch(() => undefined))?.ok === true
      }, 'the agent to be ready')
    } catch (failure) {
      await agent.stop()
      throw failure
    }
    return agent
  }

  async stop() {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit')
      this.#process.kill('SIGTERM')
      const timer = setTimeout(() => this.#process.kill('SIGKILL'), 10_000)
      await ended
      clearTimeout(timer)
    }
    await rm(this.#directory, { recursive: true, force: true })
  }

  /** Sends documents as an SDK does, and waits until they can be read. */
  async send(documents: SegmentDocument[]) {
    const socket = createSocket('udp4')
    for (const document of documents) {
      const datagram = `{"format":"json","version":1}\n${JSON.stringify(document)}`
      await new Promise<void>((done, failed) =>
        socket.send(datagram, this.#udpPort, '127.0.0.1', failure => (failure ? failed(failure) : done())),
      )
    }
    socket.close()
    const expected = new Map<string, number>()
    for (const { trace_id, type } of documents) {
      if (type !== 'subsegment') expected.set(trace_id, (expected.get(trace_id) ?? 0) + 1)
    }
    for (const [id, segments] of expected) {
      await until(async () => (await this.segmentsOf(id)) >= segments, `trace ${id} to be kept`)
    }
  }

  /** Puts documents in through the X-Ray API, any number of them. */
  async put(documents: object[]) {
    for (let at = 0; at < documents.length; at += 50) {
      const batch = documents.slice(at, at + 50).map(document => JSON.stringify(document))
      await this.post('/TraceSegments', { TraceSegmentDocuments: batch })
    }
  }

  async post<Answer>(path: string, body: unknown): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as Answer
  }

  async segmentsOf(id: string): Promise<number> {
    const { Traces } = await this.post<{ Traces: { Segments: unknown[] }[] }>('/Traces', { TraceIds: [id] })
    return Traces[0]?.Segments.length ?? 0
  }
}

/** Asks again and again until the answer is yes. */
export async function until(isSo: () => Promise<boolean>, what: string, seconds = 30) {
  const deadline = Date.now() + seconds * 1_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`)
    await new Promise(done => setTimeout(done, 50))
  }
}

/** Ports that were free for both TCP and UDP a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => new Promise(done => server.close(done))))
  return ports
}
