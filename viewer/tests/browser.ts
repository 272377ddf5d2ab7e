import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Where Debian keeps it. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}

/** A page with everything that must not happen on it: errors, and requests to anywhere else. */
export interface WatchedPage {
  page: Page
  trouble: string[]
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const trouble: string[] = []
  page.on('pageerror', error => trouble.push(`error: ${error.message}`))
  page.on('console', message => {
    // A refused content security policy is said here too; what the server refuses is shown on the page.
    const isAnswer = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isAnswer) trouble.push(`console: ${message.text()}`)
  })
  page.on('request', request => {
    const url = request.url()
    if (!url.startsWith(origin) && !url.startsWith('blob:') && !url.startsWith('data:'))
      trouble.push(`request: ${url}`)
  })
  return { page, trouble }
}
