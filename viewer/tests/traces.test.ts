import { expect, test } from 'vitest'
import { until } from './agent'
import { Shop } from './documents'
import { agent, page, parameter } from './visit'

const shop = new Shop(3)
const count = 260

const rows = () => page.locator('.trace-rows .trace-row')
const status = () => page.locator('.trace-foot').textContent()

test('an empty store says how to fill it', async () => {
  await page.goto('/')
  await page.getByText('No traces yet').waitFor()
  await page.getByText(`AWS_XRAY_DAEMON_ADDRESS=${agent.udpAddress}`).waitFor()
  expect(await page.locator('.first-steps').textContent()).toContain('OTEL_EXPORTER_OTLP_ENDPOINT')
})

test('traces arrive live, and wait while the tail is paused', async () => {
  await page.goto('/traces')
  await page.getByRole('button', { name: 'Live' }).click()
  await page.locator('.live-dot.open').waitFor()
  const now = () => Date.now() / 1000
  await agent.send(shop.inProgress(now() - 1))
  await rows().first().waitFor()
  expect(await rows().first().textContent()).toContain('In progress')

  await page.keyboard.press('p')
  await agent.send(shop.request(now() - 0.5))
  await page.getByText('1 new').waitFor()
  expect(await rows().count()).toBe(1)
  await page.keyboard.press('p')
  await until(async () => (await rows().count()) === 2, 'the second trace')
})

test('all traces of the range come, page by page as one scrolls', async () => {
  const start = Date.now() / 1000 - 1800
  await agent.put(Array.from({ length: count }, (_, at) => shop.request(start + at)).flat())
  await page.goto('/traces')
  await rows().first().waitFor()
  await until(async () => {
    await page.locator('.trace-rows').evaluate(box => box.scrollTo(0, box.scrollHeight))
    return (await status())?.startsWith(`${count + 2} traces`) === true && !(await status())?.includes('more')
  }, 'every trace to be listed')
  expect(await rows().count()).toBeLessThan(80)
})

test('the filter is completed, used, and kept in the address', async () => {
  await page.goto('/traces')
  await rows().first().waitFor()
  await page.keyboard.press('/')
  const input = page.getByRole('combobox', { name: 'Filter expression' })
  await input.pressSequentially('service("inv')
  await page.getByRole('option', { name: 'inventory' }).waitFor()
  await page.keyboard.press('Tab')
  expect(await input.inputValue()).toBe('service("inventory"')
  await input.pressSequentially(') annotation.cust')
  await page.getByRole('option', { name: 'customer' }).click()
  await input.pressSequentially('= "a')
  await page.getByRole('option', { name: 'ada' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await until(
    async () => parameter('q') === 'service("inventory") annotation.customer = "ada"',
    'the address',
  )
  await until(async () => (await status())?.includes(`${count + 2}`) === false, 'fewer traces')
  const users = await page.locator('.trace-rows .trace-row > span:last-child').allTextContents()
  expect(new Set(users)).toEqual(new Set(['ada']))
})

test('an error of the filter is shown at its place', async () => {
  await page.goto('/traces?q=fault AND duration >> 3')
  const error = page.locator('.filter-error')
  await error.waitFor()
  const [expression, caret] = ((await error.locator('pre').textContent()) ?? '').split('\n')
  expect(expression).toBe('fault AND duration >> 3')
  expect(expression?.slice(caret?.indexOf('^'))).toMatch(/^>/)
  expect((await error.textContent())?.split('duration >>'), 'the place is shown once').toHaveLength(2)
})

test('brushing the latencies narrows the filter, brushing the requests the time', async () => {
  await page.goto('/traces')
  const brush = async (label: string, from: number, to: number) => {
    const box = (await page.getByRole('figure', { name: label }).locator('.u-over').boundingBox())!
    await page.mouse.move(box.x + box.width * from, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * to, box.y + 20, { steps: 5 })
    await page.mouse.up()
  }
  await page.getByRole('figure', { name: 'Latency' }).waitFor()
  await brush('Latency', 0.4, 0.7)
  await until(
    async () => /^duration >= [\d.]+ AND duration < [\d.]+$/.test(parameter('q') ?? ''),
    'the bounds',
  )
  const [low, high] = (parameter('q')?.match(/[\d.]+/g) ?? []).map(Number)
  expect(low).toBeLessThan(high!)

  await page.goto('/traces')
  await page.getByRole('figure', { name: 'Requests' }).waitFor()
  await brush('Requests', 0.2, 0.6)
  await until(async () => parameter('from') !== null && parameter('to') !== null, 'the range')
  await page.goBack()
  await until(async () => parameter('from') === null, 'the way back')
})

test('two ticked traces are compared', async () => {
  await page.goto('/traces?q=http.url CONTAINS "/orders"')
  await rows().nth(1).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('j')
  await page.keyboard.press('x')
  await page.keyboard.press('c')
  await page.waitForURL(/\/compare\?a=1-.*&b=1-/)
  await page.getByText(/^\d+ in both, 0 only in A, 0 only in B$/).waitFor()
  expect(await page.locator('.compare-rows .compare-row').first().textContent()).toContain('shop')
})

test.each(['xray', 'w3c', 'header'])('a pasted id in %s spelling leads to its trace', async spelling => {
  const [summary] = (
    await agent.post<{ TraceSummaries: { Id: string }[] }>('/TraceSummaries', {
      StartTime: Date.now() / 1000 - 3600,
      EndTime: Date.now() / 1000,
    })
  ).TraceSummaries
  const id = summary!.Id
  const text = { xray: id, w3c: id.replaceAll('-', '').slice(1), header: `Root=${id};Sampled=1` }[spelling]!
  await page.goto('/map')
  await page.locator('.graph-node').first().waitFor()
  await page.keyboard.press('t')
  await page.getByRole('textbox', { name: 'Go to trace id or header' }).fill(text)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/traces/${id}`)
  await page.locator('.waterfall-row').first().waitFor()
})

test('a filter is saved as a group, chosen and removed', async () => {
  await page.goto('/traces?q=fault')
  await page.getByTitle('Groups: saved filters').click()
  await page.getByRole('textbox', { name: 'Name of the new group' }).fill('failing')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.goto('/traces')
  await page.getByTitle('Groups: saved filters').click()
  await page.getByRole('button', { name: /^failing/ }).click()
  await until(async () => parameter('q') === 'fault', 'the filter of the group')
  await page.getByTitle('Groups: saved filters').click()
  await page.getByRole('button', { name: 'Remove group failing' }).click()
  await until(async () => (await page.getByRole('button', { name: /^failing/ }).count()) === 0, 'it to leave')
})
