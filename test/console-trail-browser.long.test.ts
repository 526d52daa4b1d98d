import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, suite, test } from 'node:test'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'
import { readerOf, readSubject, seededController, subjectIdsOf } from './incidents-people.ts'

suite('the trail in the console', { skip: noBrowser ?? false }, () => {
  let house: TestHouse
  let window: Window
  let origin: string
  let controllerId: string

  before(async () => {
    house = await openHouse({ listen: true, work: true })
    origin = house.settings.publicUrl
    const controller = await seededController(house, 'Cedar', { people: 6, canaries: 0 })
    controllerId = controller.controllerId
    const reader = await readerOf(house, 'night-batch', [controller])
    for (const subjectId of (await subjectIdsOf(house, controller)).slice(0, 4))
      await readSubject(house, reader.token, controller, subjectId)
    const { cookie } = await enrol(house, 'tara@processor.example', ['administrator'])
    const [name = '', value = ''] = cookie.split('=')
    window = await openWindow()
    await window.context.addCookies([{ name, value, url: origin, secure: true, httpOnly: true }])
    await window.context.addInitScript("localStorage.setItem('holdfast-signed-in', '1')")
  })
  after(async () => {
    await window?.close()
    await house?.close()
  })

  const rows = () => window.page.locator('[data-name="Entries of the trail"] tbody tr')
  const button = (name: string) => window.page.getByRole('button', { name, exact: true })
  const dialog = () => window.page.getByRole('dialog')

  test('the house’s own checks do not drown what people and workloads did', async () => {
    const { page } = window
    await page.goto(`${origin}/trail`)
    await page.getByText('vault.record.read').first().waitFor()
    ok(!(await rows().allTextContents()).some((text) => /the house/.test(text)))
    await demandAccessible(page, 'trail')
    await page.getByRole('link', { name: 'With the house’s own work' }).click()
    await page.getByText('the house').first().waitFor()
    match(page.url(), /who=all/)
  })

  test('a search by subject stands in the address, and is saved under a name', async () => {
    const { page } = window
    await page.goto(`${origin}/trail?who=all&log=${controllerId}&subject=1&action=vault.*`)
    await page.getByText('vault.record.put').first().waitFor()
    equal(await page.getByLabel('Subject number').inputValue(), '1')
    await button('Save this search').click()
    await dialog().getByLabel('Name').fill('Who touched number one')
    await demandAccessible(page, 'saving a search')
    await dialog().getByRole('button', { name: 'Save this search' }).click()
    const saved = page.getByRole('link', { name: 'Who touched number one' })
    await saved.waitFor()
    await page.goto(`${origin}/trail`)
    await saved.click()
    match(page.url(), /subject=1/)
    await button('Remove the saved search Who touched number one').click()
    await saved.waitFor({ state: 'detached' })
  })

  test('whoever follows sees what happens, without asking again', async () => {
    const { page } = window
    await page.goto(`${origin}/trail?who=house&action=trail.test.*`)
    await button('Follow').click()
    await page.getByText('following', { exact: true }).waitFor()
    await demandAccessible(page, 'following, nothing yet')
    await house.act({ action: 'trail.test.seen' }, async () => {})
    await page.getByText('trail.test.seen').waitFor()
    await button('As it was').click()
  })

  test('an export wants a reason and becomes a file', async () => {
    const { page } = window
    await page.goto(`${origin}/trail?log=${controllerId}&action=vault.record.read`)
    await page.getByText('vault.record.read').first().waitFor()
    await button('Export').click()
    await dialog().getByLabel('Reason').fill('yearly audit')
    await demandAccessible(page, 'exporting the trail')
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      dialog().getByRole('button', { name: 'Export' }).click(),
    ])
    equal(file.suggestedFilename(), 'trail.csv')
    const lines = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n')
    equal(lines.length, 1 + 4)
    await dialog().waitFor({ state: 'detached' })
  })

  test('a stream is added with its secret shown once, paused, resumed and removed', async () => {
    const { page } = window
    await page.goto(`${origin}/trail/streams`)
    await page.getByText('holdfast trail stream add').waitFor()
    await demandAccessible(page, 'no streams')
    await button('Add a stream').click()
    await dialog().getByLabel('Name').fill('Security team')
    await dialog().getByLabel('Speaks').selectOption('webhook')
    await dialog().getByLabel('Address').fill('https://127.0.0.1:9/hook')
    await demandAccessible(page, 'adding a stream')
    await dialog().getByRole('button', { name: 'Add a stream' }).click()
    await dialog()
      .getByText(/^whsec_/)
      .waitFor()
    await button('I have it').click()
    // Nobody has opened this host for streams, so it says so.
    await page.getByText(/HOLDFAST_PRIVATE_DESTINATIONS/).waitFor()
    await demandAccessible(page, 'a stream in trouble')
    await button('Pause').click()
    await button('Resume').waitFor()
    await button('Resume').click()
    await button('Pause').waitFor()
    await button('Remove').click()
    await dialog().getByLabel('Reason').fill('the team has moved')
    await dialog().getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No stream yet').waitFor()
  })

  test('no page complained', () => deepEqual(window.complaints, []))
})
