import { beforeAll, expect, test } from 'vitest'
import { until } from './agent'
import { openPage } from './browser'
import { Shop } from './documents'
import { agent, browser, page, parameter } from './visit'

beforeAll(async () => {
  const shop = new Shop(11)
  const start = Date.now() / 1000 - 900
  await agent.put(Array.from({ length: 120 }, (_, at) => shop.request(start + at * 5)).flat())
})

test('the map shows who calls whom, and leads to the traces', async () => {
  await page.goto('/map')
  await page.locator('.graph-node').first().waitFor()
  const names = await page.locator('.graph-name').allTextContents()
  for (const name of ['client', 'shop', 'inventory', 'pricing']) expect(names).toContain(name)
  await page.getByRole('button', { name: 'shop calls inventory' }).focus()
  await page.keyboard.press('Enter')
  const panel = page.getByRole('complementary', { name: 'Numbers' })
  await panel.getByText('shop → inventory').waitFor()
  await page.locator('.graph-node', { hasText: 'inventory' }).click()
  await panel.getByText('Response time').waitFor()
  await panel.getByRole('link', { name: 'View traces' }).click()
  await page.locator('.trace-rows .trace-row').first().waitFor()
  expect(parameter('q')).toMatch(/^service\(/)
  const services = await page
    .locator('.service-dots')
    .evaluateAll(dots => dots.map(dot => dot.getAttribute('title')))
  for (const title of services) expect(title).toContain('inventory')
})

test('a sampling rule is made, changed and deleted', async () => {
  await page.goto('/sampling')
  await page.getByRole('button', { name: 'Default' }).waitFor()
  await page.keyboard.press('n')
  await page.getByLabel('Name', { exact: true }).fill('payments')
  await page.getByLabel('Path').fill('/payments*')
  await page.getByLabel('Rate beyond').fill('50')
  await page.getByRole('button', { name: 'Create' }).click()
  const row = page.getByRole('row', { name: /payments/ })
  await row.waitFor()
  expect(await row.textContent()).toContain('50%')
  await row.getByRole('button', { name: 'payments', exact: true }).click()
  await page.getByLabel('Reservoir').fill('7')
  await page.getByRole('button', { name: 'Save' }).click()
  await until(async () => (await row.textContent())?.includes('7/s') === true, 'the change')
  page.once('dialog', dialog => void dialog.accept())
  await row.getByRole('button', { name: 'Delete the rule payments' }).click()
  await until(async () => (await row.count()) === 0, 'it to leave')
})

test('what the agent refuses about a rule is said', async () => {
  await page.goto('/sampling?rule=new')
  await page.getByLabel('Name', { exact: true }).fill('Default')
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
})

test('rejected documents come with their reason', async () => {
  await agent.put([
    { name: 'shop', id: '53995c3f42cd8ad8', trace_id: 'nonsense', start_time: 1, end_time: 2 },
  ])
  await page.goto('/rejected')
  await page.getByRole('row', { name: /InvalidTraceId/ }).waitFor()
  await page.keyboard.press('j')
  const details = page.getByRole('complementary', { name: 'Document' })
  await details.getByText('InvalidTraceId').waitFor()
  expect(await details.locator('pre').textContent()).toContain('"trace_id": "nonsense"')
})

test('the agent tells how it is', async () => {
  await page.goto('/agent')
  const received = page.getByRole('row', { name: /X-Ray API/ }).first()
  await received.waitFor()
  expect(await received.textContent()).toMatch(/\d{2,}/)
  await page.getByText('forwards them nowhere').waitFor()
})

test('what cannot be loaded does not keep one from other pages', async () => {
  const { page: other } = await openPage(browser, agent.url)
  await other.route(/\/assets\/AgentPage|\/TraceSummaries/, route => route.abort())
  await other.goto('/traces')
  await other.getByText('The agent does not answer').waitFor()
  expect(await other.locator('.filter-error').count()).toBe(0)
  await other.keyboard.press('5')
  await other.getByText('This page could not be loaded').waitFor()
  await other.keyboard.press('4')
  await other.getByRole('heading', { name: 'Rejected documents' }).waitFor()
  await other.context().close()
})

test('on a narrow page menus stay inside', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto('/traces')
  for (const title of ['Time range', 'Groups: saved filters']) {
    await page.getByTitle(title).click()
    const { left, right } = await page
      .locator('.popover-panel')
      .evaluate(panel => panel.getBoundingClientRect().toJSON() as { left: number; right: number })
    expect(left).toBeGreaterThanOrEqual(0)
    expect(right).toBeLessThanOrEqual(390)
    await page.keyboard.press('Escape')
  }
})

test('every page is reached by key, and the theme stays', async () => {
  await page.goto('/traces')
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  for (const [key, path] of Object.entries({
    2: '/map',
    3: '/sampling',
    4: '/rejected',
    5: '/agent',
    1: '/traces',
  })) {
    await page.keyboard.press(key)
    await page.waitForURL(url => url.pathname === path)
  }
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await background()
  await page.getByRole('button', { name: 'Theme: as the system' }).click()
  await page.getByRole('button', { name: 'Theme: light' }).click()
  expect(await background()).not.toBe(light)
  await page.reload()
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor()
  expect(await background()).not.toBe(light)
})
