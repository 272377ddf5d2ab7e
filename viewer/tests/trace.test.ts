import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import type { SegmentDocument } from '../src/api/documents'
import { Agent, until } from './agent'
import { openPage } from './browser'
import { Shop } from './documents'
import { agent, browser, page, parameter } from './visit'

const shop = new Shop(5)
const failed = faultyOrder()
const large = shop.large(Date.now() / 1000 - 60, 10_000)

beforeAll(async () => {
  await agent.put(failed)
  await agent.put(large)
})

const rows = () => page.locator('.waterfall-row')
const active = () => page.locator('.waterfall-row[aria-selected="true"]')

test('segments of three services are one tree', async () => {
  await page.goto(`/traces/${failed[0]!.trace_id}`)
  await rows().first().waitFor()
  const names = await page.locator('.waterfall-label').allTextContents()
  for (const name of ['shop', 'inventory', 'pricing', 'load discounts', 'calculate'])
    expect(names).toContain(name)
  const level = async (index: number) => Number(await rows().nth(index).getAttribute('aria-level'))
  const inventory = names.indexOf('inventory')
  expect(names[inventory + 1]).toBe('inventory')
  expect(await level(inventory + 1)).toBe((await level(inventory)) + 1)
  expect(await page.locator('.waterfall-critical').count()).toBeGreaterThan(3)
})

test('the keys move, fold, zoom and find; the address remembers', async () => {
  await page.goto(`/traces/${failed[0]!.trace_id}`)
  await rows().first().waitFor()
  const all = await rows().count()
  await page.keyboard.press('j')
  expect(await active().textContent()).toContain('shop')
  await page.keyboard.press('ArrowLeft')
  await until(async () => (await rows().count()) === 1, 'the root to fold')
  await page.keyboard.press('ArrowRight')
  await until(async () => (await rows().count()) === all, 'the root to unfold')
  await page.keyboard.press('+')
  await page.keyboard.press('e')
  await page.keyboard.press('e')
  await page.keyboard.press('[')
  await until(async () => parameter('zoom') !== null && parameter('level') !== null, 'the address')
  const shown = await rows().count()
  expect(shown).toBeLessThan(all)

  await page.reload()
  await rows().first().waitFor()
  expect(await rows().count()).toBe(shown)
  await page.keyboard.press('}')
  await page.keyboard.press('/')
  await page.keyboard.type('4711')
  await until(async () => (await page.locator('.waterfall-row.match').count()) > 0, 'a match')
  expect(await page.locator('.waterfall-label').first().textContent()).toBe('shop')
})

test('details tell about exception, query and document', async () => {
  await page.goto(`/traces/${failed[0]!.trace_id}`)
  await rows().first().waitFor()
  await page.locator('.waterfall-row', { hasText: 'FOR UPDATE' }).click()
  const details = page.getByRole('complementary', { name: 'Details' })
  await details.getByText('OperationalError').waitFor()
  const frames = details.locator('.stack li')
  expect(await frames.allTextContents()).toEqual([
    'reserve/srv/inventory/stock.py:88',
    'put_reservation/srv/inventory/app.py:31',
  ])
  await details.getByText('Show 2 frames of libraries').click()
  expect(await frames.count()).toBe(4)
  expect(await details.locator('.details-query').textContent()).toContain('SELECT quantity FROM stock')
  await details.getByRole('tab', { name: 'JSON' }).click()
  await details.getByRole('button', { name: 'Copy Document' }).click()
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))
  expect(copied.sql.database_type).toBe('PostgreSQL')
})

test('an exported trace can be imported into another agent', async () => {
  await page.goto(`/traces/${failed[0]!.trace_id}`)
  const saved = page.waitForEvent('download')
  await page.getByTitle('Save the trace as JSON').click()
  const file = await (await saved).path()
  const other = await Agent.start()
  try {
    const opened = await openPage(browser, other.url)
    await opened.page.goto('/traces')
    await opened.page.locator('input[type=file]').setInputFiles(file)
    await opened.page.waitForURL(`**/traces/${failed[0]!.trace_id}`)
    await opened.page.locator('.waterfall-row').first().waitFor()
    const names = await opened.page.locator('.waterfall-label').allTextContents()
    expect(names.filter(name => name === 'pricing')).toHaveLength(2)
    expect(opened.trouble).toEqual([])
    await opened.page.context().close()
  } finally {
    await other.stop()
  }
  expect(JSON.parse(await readFile(file, 'utf8')).Traces[0].Id).toBe(failed[0]!.trace_id)
})

test('a trace of 10,000 subsegments shows only what is in sight, and scrolls to its end', async () => {
  await page.goto(`/traces/${large[0]!.trace_id}`)
  await rows().first().waitFor()
  expect(await page.locator('.ruler-names').textContent()).toContain('10,001 rows')
  expect(await rows().count()).toBeLessThan(90)
  await page.keyboard.press('End')
  await active().waitFor()
  await page.keyboard.press('{')
  await until(async () => (await rows().count()) === 1, 'everything to fold')
  expect(await page.locator('.waterfall-count').textContent()).toBe('10,000')
})

test('a map of very many services shows the busiest', async () => {
  const start = Date.now() / 1000 - 30
  const trace = large[0]!.trace_id.replace(/.{6}$/, 'abcdef')
  const times = { start_time: start, end_time: start + 1 }
  const id = (number: number) => number.toString(16).padStart(16, '0')
  const subsegments = Array.from({ length: 400 }, (_, at) => ({
    name: `host-${at}`,
    id: id(at + 2),
    namespace: 'remote',
    ...times,
  }))
  await agent.put([{ name: 'crawler', id: id(1), trace_id: trace, ...times, subsegments }])
  await page.goto(`/traces/${trace}?view=map`)
  await page.getByText('The 200 busiest of 402 services are shown').waitFor()
  expect(await page.locator('.graph-node').count()).toBe(201)
})

test('a trace that is not there is said so', async () => {
  await page.goto('/traces/1-00000000-000000000000000000000000')
  await page.getByText('There is no trace').waitFor()
})

function faultyOrder(): SegmentDocument[] {
  for (;;) {
    const documents = shop.request(Date.now() / 1000 - 120)
    if (documents.length === 3 && documents[0]!.fault) return documents
  }
}
