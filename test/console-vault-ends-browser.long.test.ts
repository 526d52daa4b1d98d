import { deepEqual, equal, ok } from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import type { Controller } from '#vault'
import { makeTokens } from '../src/vault/tokens/acts.ts'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'
import { clinicTerms, inController, takeIn } from './vault-people.ts'

// What data becomes, in the console: what remains of it, what stands for it, and how a contract ends.

suite('what becomes of data, in the console', { skip: noBrowser ?? false }, () => {
  let house: TestHouse
  let clinic: Controller
  let origin: string
  let officer: Window

  const settle = async ({ page }: Window) => {
    await page.waitForLoadState('networkidle')
    await page.locator('.waiting').first().waitFor({ state: 'detached' })
  }
  const button = ({ page }: Window, name: string) => page.getByRole('button', { name, exact: true })
  /** A picture of a page, light and dark, where somebody wants to look at it. */
  const look = async ({ page }: Window, name: string) => {
    const into = process.env['HOLDFAST_LOOK']
    if (into === undefined) return
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `${into}/${name}-${colorScheme}.png`, fullPage: true })
    }
  }
  const explain = async ({ page }: Window, reason: string) => {
    await page.getByLabel('Purpose', { exact: true }).selectOption('care')
    await page.getByLabel('Reason').fill(reason)
  }

  before(async () => {
    house = await openHouse({ listen: true, work: true })
    origin = house.settings.publicUrl
    clinic = await takeIn(house)
    const { cookie } = await enrol(house, 'olga@processor.example', ['privacy', 'administrator'])
    const [name = '', value = ''] = cookie.split('=')
    officer = await openWindow()
    await officer.context.addCookies([{ name, value, url: origin, secure: true, httpOnly: true }])
    await officer.context.addInitScript("localStorage.setItem('holdfast-signed-in', '1')")
  })
  after(async () => {
    await officer?.close()
    await house?.close()
  })

  test('what would remain is drafted field by field, and tried on the records there are', async () => {
    const { page } = officer
    await inController(house, clinic).put(
      Array.from({ length: 7 }, (_, i) => ({
        subjectKey: `V-${i}`,
        category: 'visit',
        fields: { ward: i === 6 ? 'south' : 'north', born: '1980-05-01', inpatient: true },
      })),
    )
    await page.goto(`${origin}/controllers/${clinic.controllerId}`)
    await button(officer, 'Amend the contract').click()
    const visit = page.getByRole('group', { name: 'What remains of visit' })
    await visit.getByLabel('What remains of born').selectOption('')
    await visit.getByLabel('What remains of inpatient').selectOption('keep')
    await visit.getByRole('button', { name: 'What would remain?' }).click()
    await visit.getByText(/^Of visit remain ward, inpatient, where at least 5/).waitFor()
    await visit.getByRole('cell', { name: 'ward north, inpatient true' }).waitFor()
    equal(await visit.getByText('ward south').count(), 0, 'one alone is shown')
    await look(officer, 'contract-remains')
    await demandAccessible(page, 'a rule of what remains')
  })

  test('tokens of a field have a policy, open for a purpose, and are revoked by its typed name', async () => {
    const { page } = officer
    const here = inController(house, clinic)
    const [stored] = await here.put([
      { subjectKey: 'T-1', category: 'contact', fields: { email: 'token@people.example' } },
    ])
    const place = { subjectId: stored!.subjectId, category: 'contact', field: 'email' }
    const made = await here.act('vault.token.make', (act) => makeTokens(act, [place]))
    const { token } = (made as { token: string }[])[0]!
    await page.goto(`${origin}/vault/${clinic.controllerId}/tokens`)
    const row = page.getByRole('row').filter({ hasText: 'contact: email' })
    await row.getByRole('button', { name: 'Change' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Tokens may be').selectOption('random')
    await dialog.getByLabel('Reason').fill('The shop takes no other')
    await dialog.getByRole('button', { name: 'Change' }).click()
    await row.getByText('random alone').waitFor()
    await explain(officer, 'Ticket 9: whose address')
    await page.getByRole('textbox', { name: 'Tokens' }).fill(token)
    await button(officer, 'Open them').click()
    await page.getByRole('cell', { name: 'token@people.example' }).waitFor()
    await settle(officer)
    await look(officer, 'vault-tokens')
    await demandAccessible(page, 'tokens')
    await row.getByRole('button', { name: 'Revoke all' }).click()
    await dialog.getByLabel('Reason').fill('The shop closed')
    await dialog.getByLabel('Type email to go on').fill('email')
    await dialog.getByRole('button', { name: 'Revoke all' }).click()
    await row.getByRole('cell', { name: '0', exact: true }).waitFor()
  })

  test('a contract ends step by step: tried, closed, given back, destroyed, certified', async () => {
    const { page } = officer
    const ending = await takeIn(house, { ...clinicTerms, name: 'Birch Clinic' })
    await inController(house, ending).put([
      { subjectKey: 'E-1', category: 'contact', fields: { name: 'Last One' } },
    ])
    await page.goto(`${origin}/controllers/${ending.controllerId}`)
    const end = page.getByRole('region', { name: 'End of the contract' })
    await end.getByText('1 record of 1 subject').waitFor()
    await look(officer, 'controller-end')
    await demandAccessible(page, 'the end of a contract')
    const confirm = async (verb: string) => {
      await end.getByRole('button', { name: verb }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Type Birch Clinic to go on').fill('Birch Clinic')
      await dialog.getByRole('button', { name: verb }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    await confirm('Close it for its return')
    await page.getByRole('link', { name: 'Import and export' }).click()
    await page.getByText(/its return is fetched under Contract/).waitFor()
    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    await page.getByText(/takes none in/).waitFor()
    equal(await button(officer, 'Take a request in').count(), 0, 'what is refused is offered')
    await page.getByRole('link', { name: 'Contract', exact: true }).click()
    const destroy = end.getByRole('button', { name: 'Destroy its data and keys' })
    await destroy.waitFor()
    ok(await destroy.isDisabled(), 'nothing was given back yet')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      end.getByRole('button', { name: 'Fetch everything' }).click(),
    ])
    const archive = JSON.parse(await text(await download.createReadStream())) as {
      records: { fields: object }[]
    }
    deepEqual(
      archive.records.map(({ fields }) => fields),
      [{ name: 'Last One' }],
    )
    await end.getByText(/^The archive is on your disk/).waitFor()
    await look(officer, 'controller-returned')
    await confirm('Destroy its data and keys')
    await end.getByRole('button', { name: 'Issue the certificate' }).click()
    await end.getByText(/^Unreadable in the live system since/).waitFor()
    await look(officer, 'controller-ended')
    await demandAccessible(page, 'an ended contract')
  })

  test('the keys page shows every key, and turns those of the house', async () => {
    const { page } = officer
    await page.goto(`${origin}/keys`)
    await settle(officer)
    const row = page.getByRole('row').filter({ hasText: 'The house' }).first()
    await row.getByRole('button', { name: 'Show keys' }).click()
    await look(officer, 'keys')
    await row.getByRole('button', { name: 'Rotate', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(/^The wrapping key/).uncheck()
    await dialog.getByLabel(/^The sealing key/).uncheck()
    await dialog.getByLabel(/^The index key/).check()
    await dialog.getByText(/^index key 1 to 2/).waitFor()
    await look(officer, 'keys-rotate')
    await dialog.getByRole('button', { name: 'Rotate', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const turned = page.getByRole('row').filter({ hasText: 'index key to version 2' })
    await turned.getByText('done').waitFor({ timeout: 40_000 })
    await look(officer, 'keys-rotated')
    await demandAccessible(page, 'keys')
  })

  test('and nothing went wrong in the window', () => {
    deepEqual(officer.complaints, [])
    deepEqual(house.faults, [])
  })
})
