import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { Agent } from './agent'
import { launchBrowser, openPage } from './browser'

/** The agent that the tests of a file visit, without traces until they send some. */
export let agent: Agent
export let browser: Browser

/** Each test has a page of its own, on which there must be no trouble. */
export let page: Page
let trouble: string[]

/** A parameter of the page's address. */
export const parameter = (name: string) => new URL(page.url()).searchParams.get(name)

beforeAll(async () => {
  agent = await Agent.start()
  browser = await launchBrowser()
})

afterAll(async () => {
  await browser?.close()
  await agent?.stop()
})

beforeEach(async () => {
  const opened = await openPage(browser, agent.url)
  page = opened.page
  trouble = opened.trouble
})

afterEach(async () => {
  await page.context().close()
  expect(trouble).toEqual([])
})
