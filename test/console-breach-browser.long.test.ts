import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Controller } from '#vault'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'
import {
  mailServer,
  readerOf,
  readSubject,
  seededController,
  subjectIdsOf,
} from './incidents-people.ts'

suite('a breach in the console', { skip: noBrowser ?? false }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-console-breach-'))
  let post: Awaited<ReturnType<typeof mailServer>>
  let house: TestHouse
  let window: Window
  let alder: Controller

  before(async () => {
    post = await mailServer()
    writeFileSync(join(dir, 'smtp'), post.url)
    house = await openHouse({
      listen: true,
      work: true,
      settings: { smtpFile: join(dir, 'smtp'), mailFrom: 'holdfast@processor.example' },
    })
    alder = await seededController(house, 'Alder', { people: 40, synthetic: false })
    await seededController(house, 'Cedar', { people: 3 })
    window = await openWindow()
    const { cookie } = await enrol(house, 'nadia@processor.example', ['administrator'])
    const [name = '', value = ''] = cookie.split('=')
    const { publicUrl: url } = house.settings
    await window.context.addCookies([{ name, value, url, secure: true, httpOnly: true }])
    await window.context.addInitScript("localStorage.setItem('holdfast-signed-in', '1')")
  })
  after(async () => {
    await window?.close()
    await house?.close()
    post?.server.close()
    rmSync(dir, { recursive: true })
  })

  test('the watch says in one sentence, by name, who touched a canary', async () => {
    const { token } = await readerOf(house, 'billing', [alder])
    const ids = await subjectIdsOf(house, alder)
    // The last is a canary: they were planted after everybody else.
    for (const id of [...ids.slice(0, 12), ids.at(-1) ?? ''])
      equal(await readSubject(house, token, alder, id), 200)
    const { page } = window
    await page.goto(`${house.settings.publicUrl}/watch`)
    await page
      .getByText(/^Workload billing touched .* canary subjects? of controller Alder/)
      .waitFor()
    await page.getByRole('button', { name: 'Show the evidence' }).first().click()
    await page.getByText('Sessions the evidence lies in').waitFor({ state: 'attached' })
    await demandAccessible(page, 'watch with evidence')
  })

  test('the incident shows the cut that held, and exactly as many subjects as were read', async () => {
    const { page } = window
    await page.getByRole('link', { name: 'An incident took it up' }).click()
    await page.getByRole('link', { name: /^INC-/ }).click()
    await page
      .getByText(/was refused with 40\d: the cut holds/)
      .first()
      .waitFor()
    const numbers = page.locator('.scope-controller').filter({ hasText: 'Alder' }).locator('td')
    await numbers.first().waitFor()
    deepEqual(await numbers.allInnerTexts(), ['13', '26', '13', '26'])
    await page.getByText(/Notify Alder by .* UTC, (?:24 h|23 h 59 min) left\./).waitFor()
    await demandAccessible(page, 'incident, contained')
  })

  test('a notice is approved, goes out only with its reference typed, and reaches both contacts', async () => {
    const { page } = window
    const card = page.getByRole('article')
    await card.getByRole('button', { name: 'Read the text' }).click()
    await card.getByText('13 certainly (patients)').waitFor()
    await demandAccessible(page, 'notice')
    const dialog = page.getByRole('dialog')
    await card.getByRole('button', { name: 'Approve' }).click()
    await dialog.getByRole('button', { name: 'Approve' }).click()
    await card.getByRole('button', { name: 'Send' }).click()
    const send = dialog.getByRole('button', { name: 'Send' })
    ok(await send.isDisabled(), 'it can be sent without its reference')
    equal(post.messages.length, 0)
    await dialog
      .getByLabel(/^Type INC-\d+\/1 to go on$/)
      .fill(/INC-\d+\/1/.exec(await dialog.innerText())?.[0] ?? '')
    await send.click()
    await card.getByText('sent', { exact: true }).waitFor()
    equal(post.messages.length, 2)
    await page.getByText(/given to the mail server/).waitFor()
    await page.getByText('Every controller concerned has been told.').waitFor()
  })

  test('a controller that was not reached is told so, with a document to keep', async () => {
    const { page } = window
    await page.getByRole('button', { name: 'State an all-clear' }).click()
    const dialog = page.getByRole('dialog')
    const offered = await dialog.getByLabel('To the controller').locator('option').allInnerTexts()
    ok(!offered.includes('Alder'), 'an all-clear is offered to the controller it reached')
    await dialog.getByLabel('To the controller').selectOption({ label: 'Cedar' })
    await dialog.getByRole('button', { name: 'State an all-clear' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'PDF' }).click(),
    ])
    equal(/^all-clear-INC-\d+\.pdf$/.test(download.suggestedFilename()), true)
    await dialog.getByRole('button', { name: 'I have it' }).click()
  })

  test('nothing in all this broke the content policy or spoke in the console', () => {
    deepEqual(window.complaints, [])
    deepEqual(house.faults, [])
  })
})
