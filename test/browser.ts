import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { deepEqual } from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'

/** Why a browser test cannot run here; undefined when it can. `npm test` finds the browser. */
export const noBrowser: string | undefined =
  (process.env['CHROMIUM'] ?? '') === '' ? 'CHROMIUM names no browser' : undefined

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const tellOfPolicies = `addEventListener('securitypolicyviolation', (event) =>
  complain('policy ' + event.violatedDirective + ' broken by ' + event.blockedURI + ' ' + event.sample))`

/** A browser window that keeps what went wrong in it. */
export interface Window {
  readonly context: BrowserContext
  readonly page: Page
  /** Console errors and warnings, exceptions, broken policies; in order. */
  readonly complaints: string[]
  /** Takes all complaints away, once these are among them: what was seen on the page may be told of later. */
  takeComplaints(...awaited: readonly RegExp[]): Promise<string[]>
  close(): Promise<void>
}

/** One browser serves all windows that are open at a time: to start one takes a second. */
let running: Promise<Browser> | undefined
let windows = 0

async function letGo(context: BrowserContext): Promise<void> {
  await context.close()
  windows -= 1
  if (windows > 0) return
  const last = await running
  running = undefined
  await last?.close()
}

/**
 * Opens a window of its own, without anything from another. It takes the house's certificate as it
 * is: whether that is right is shown elsewhere.
 */
export async function openWindow(): Promise<Window> {
  const executablePath = process.env['CHROMIUM'] ?? ''
  running ??= chromium.launch({ executablePath, args: quiet })
  windows += 1
  const context = await (await running).newContext({ ignoreHTTPSErrors: true })
  const complaints: string[] = []
  // A refused policy is an event before it is a line in the console, and some are only that.
  await context.exposeFunction('complain', (what: string) => void complaints.push(what))
  await context.addInitScript({ content: tellOfPolicies })
  const page = await context.newPage()
  // Patience costs nothing where all is well, and a busy machine is no fault.
  page.setDefaultTimeout(60_000)
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return
    const { pathname } = new URL(message.location().url || 'about:blank')
    complaints.push(`${message.text()} ${pathname}`)
  })
  page.on('pageerror', (error) => void complaints.push(error.message))
  const takeComplaints = async (...awaited: readonly RegExp[]) => {
    const until = performance.now() + 60_000
    const areThere = () => awaited.every((one) => complaints.some((line) => one.test(line)))
    while (!areThere() && performance.now() < until) await pause(20)
    return complaints.splice(0)
  }
  return { context, page, complaints, takeComplaints, close: () => letGo(context) }
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** `npm run test:long` runs these files again and sweeps every page. */
const sweepsAll = process.env['TEST_SWEEP'] === 'all'
const swept = new WeakSet<Page>()

/**
 * Demands that axe finds nothing serious on the page as it stands, light and dark. In the short suite
 * only where it is the first one asked for in its window: each takes seconds.
 */
export async function demandAccessible(page: Page, name: string): Promise<void> {
  if (swept.has(page) && !sweepsAll) return
  swept.add(page)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Without frames there is nothing to join, and no second page is needed for it.
    const axe = new AxeBuilder({ page }).setLegacyMode(true)
    // What is not a matter of colour is the same in the dark.
    const asked =
      colorScheme === 'light' ? axe.withTags(standards) : axe.withRules('color-contrast')
    const { violations } = await asked.analyze()
    const found = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.slice(0, 3).map(({ target, failureSummary }) => [id, target, failureSummary]),
      )
    deepEqual(found, [], `${name}, ${colorScheme}`)
  }
}
