import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { createEnrolment } from '#identity'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'
import { codeAt, enrol } from './identity-people.ts'

const email = 'ada@processor.example'
const password = 'mellow cobbled lantern figs'
const measure = 'gate.transport-encryption'

suite('console', { skip: noBrowser ?? false }, () => {
  let house: TestHouse
  let window: Window
  let origin: string
  let secret: string

  const linkOf = async (kind: 'first-administrator' | 'invitation') => {
    const token = await house.act({ action: 'identity.enrolment.create' }, (act) =>
      createEnrolment(act, { kind, roleNames: ['administrator'] }),
    )
    return `${origin}/enrol#${token}`
  }

  /** Waits until the page has what it asked for. */
  const settle = async () => {
    await window.page.waitForLoadState('networkidle')
    await window.page.locator('.waiting').first().waitFor({ state: 'detached' })
  }

  before(async () => {
    house = await openHouse({ listen: true, work: true })
    origin = house.settings.publicUrl
    window = await openWindow()
  })
  after(async () => {
    await window?.close()
    await house?.close()
  })

  test('the first administrator enrols by the link with an authenticator app, and is signed in', async () => {
    const { page } = window
    await page.goto(await linkOf('first-administrator'))
    await page.getByLabel('Your name').fill('Ada Example')
    equal(new URL(page.url()).hash, '', 'the token still stands in the address bar')
    await page.getByLabel('E-mail').fill(email)
    const field = page.getByLabel('Password', { exact: true })
    await field.fill('aaaaaaaaaaaaaaaa')
    await page.getByText('It can be guessed').waitFor()
    await field.fill(password)
    await page.getByText('Hard to guess.').waitFor()
    await demandAccessible(page, 'enrol, first step')
    await page.getByRole('button', { name: 'Go on to the second factor' }).click()
    secret = (await page.locator('.totp-secret').innerText()).replaceAll(' ', '')
    await demandAccessible(page, 'enrol, second step')
    await page.getByLabel('Code the app shows now').fill(codeAt(secret, house.world.now()))
    await page.getByRole('button', { name: 'Enrol' }).click()
    await page.getByText('I have kept them.').waitFor()
    equal(await page.locator('.codes li').count(), 10)
    const go = page.getByRole('button', { name: 'Go to the overview' })
    ok(await go.isDisabled(), 'one can go on without having kept the codes')
    await demandAccessible(page, 'enrol, recovery codes')
    await page.getByLabel('I have kept them.').check()
    await go.click()
    await page.getByText(/measures are proven/).waitFor()
  })

  test('signed out, the console shows nothing of the inside; signed in, it goes on where one was', async () => {
    const { page } = window
    await page.goto(`${origin}/account`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('E-mail').waitFor()
    await page.goto(`${origin}/measures/${measure}`)
    await page.getByLabel('E-mail').fill(email)
    equal(new URL(page.url()).pathname, '/sign-in')
    await demandAccessible(page, 'sign-in')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Go on' }).click()
    // A code counts once, and the one of enrolment has been shown: the next one comes half a minute later.
    house.pass(30_000)
    await page.getByLabel('Code the app shows now').fill(codeAt(secret, house.world.now()))
    await demandAccessible(page, 'sign-in, second step')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await page.waitForURL(`${origin}/measures/${measure}`)
  })

  test('a measure checked now shows its probe and the trail entry that tells of it', async () => {
    const { page } = window
    await page.getByRole('button', { name: 'Check now' }).click()
    await page.getByText(/^Checked: /).waitFor({ timeout: 60_000 })
    await page.getByText('The forbidden thing was tried, and refused').waitFor()
    const entry = page.getByRole('link', { name: /trail entry/ }).first()
    match((await entry.getAttribute('href')) ?? '', /^\/trail\/[0-9a-f-]{36}$/)
  })

  test('an account gets another app, new codes and a new password, and loses what it no longer needs', async () => {
    const { page } = window
    const dialog = page.getByRole('dialog')
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    await page.goto(`${origin}/account`)
    await page.getByText('the last one stays').waitFor()
    await button('Add an app').click()
    const key = (await dialog.locator('.totp-secret').innerText()).replaceAll(' ', '')
    await demandAccessible(page, 'adding an app')
    await dialog.getByLabel('What you call it').fill('Spare phone')
    await dialog.getByLabel('Code the app shows now').fill('000000')
    await dialog.getByRole('button', { name: 'Add an app' }).click()
    await dialog.getByText('This does not answer what was asked').waitFor()
    // The browser itself tells of the refusal.
    const told = await window.takeComplaints(/status of 422/)
    equal(told.length, 1, told.join('\n'))
    await dialog.getByLabel('Code the app shows now').fill(codeAt(key, house.world.now()))
    await dialog.getByRole('button', { name: 'Add an app' }).click()
    await page.getByRole('cell', { name: 'Spare phone' }).waitFor()
    await button('Take away').last().click()
    await dialog.getByRole('button', { name: 'Take away' }).click()
    await page.getByText('the last one stays').waitFor()
    await button('Make new codes').click()
    await dialog.getByRole('button', { name: 'Make new codes' }).click()
    await page.locator('.codes li').first().waitFor()
    equal(await page.locator('.codes li').count(), 10)
    await demandAccessible(page, 'the account')
    await button('I have kept them').click()
    await button('Change password').click()
    await dialog.getByLabel('Present password').fill(password)
    await dialog.getByLabel('New password').fill('lantern orbit mustard sixteen')
    await dialog.getByText('Hard to guess.').waitFor()
    await dialog.getByRole('button', { name: 'Change password' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/^Password changed/).waitFor()
  })

  test('what is typed as a password is hidden, and may be pasted or filled in by a manager', async () => {
    const { page } = window
    await page.goto(`${origin}/account`)
    await page.getByRole('button', { name: 'Change password', exact: true }).click()
    const fields = page.getByRole('dialog').locator('input')
    equal(await fields.count(), 2)
    for (const [i, filledBy] of ['current-password', 'new-password'].entries()) {
      const field = fields.nth(i)
      equal(await field.getAttribute('type'), 'password')
      equal(await field.getAttribute('autocomplete'), filledBy)
      const isTaken = await field.evaluate((input) =>
        input.dispatchEvent(new Event('paste', { bubbles: true, cancelable: true })),
      )
      ok(isTaken, 'nothing stops what is pasted')
    }
    await page.keyboard.press('Escape')
  })

  test('from every place one can sign out', async () => {
    const { page } = window
    for (const place of ['/', '/watch', '/vault', '/trail', '/access', '/governance', '/account']) {
      await page.goto(`${origin}${place}`)
      await page.getByRole('button', { name: 'Sign out' }).waitFor()
    }
  })

  test('an incident opened by hand can be noted in, closed only with its name typed, and is closed then', async () => {
    const { page } = window
    await page.goto(`${origin}/incidents`)
    await page.getByRole('button', { name: 'Open an incident' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What happened').fill('A laptop was left in a train.')
    await demandAccessible(page, 'opening an incident')
    await dialog.getByRole('button', { name: 'Open an incident' }).click()
    await page.waitForURL(/\/incidents\/[0-9a-f-]{36}$/)
    const name =
      /INC-\d+/.exec(await page.getByRole('heading', { level: 1 }).innerText())?.[0] ?? ''
    await page.getByRole('button', { name: 'Add a note' }).click()
    await dialog.getByRole('textbox').fill('Its disk was encrypted.')
    await dialog.getByRole('button', { name: 'Add a note' }).click()
    await page.getByText('Its disk was encrypted.').waitFor()
    await dialog.waitFor({ state: 'detached' })
    await demandAccessible(page, 'incident')
    await page.getByRole('button', { name: 'Close the incident' }).click()
    const close = dialog.getByRole('button', { name: 'Close the incident' })
    await dialog.getByLabel('Reason').fill('Nothing could be read.')
    ok(await close.isDisabled(), 'it can be closed without its name')
    await dialog.getByLabel(`Type ${name} to go on`).fill(name)
    await close.click()
    await page.getByText(/^Closed /).waitFor()
  })

  test('the rail is a menu on a narrow screen', async () => {
    const { page } = window
    await page.setViewportSize({ width: 390, height: 800 })
    await page.goto(`${origin}/account`)
    await settle()
    const menu = page.getByRole('button', { name: 'Menu' })
    equal(await menu.getAttribute('aria-expanded'), 'false')
    await menu.click()
    await page.getByRole('link', { name: 'Watch' }).click()
    await page.getByRole('heading', { level: 1, name: 'Watch' }).waitFor()
    equal(await menu.getAttribute('aria-expanded'), 'false')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('who lost everything is let back in by a link that an administrator hands over', async () => {
    const lost = 'carol@processor.example'
    await enrol(house, lost, [])
    const { page } = window
    await page.goto(`${origin}/access/people`)
    const row = page.getByRole('row').filter({ hasText: lost })
    await row.getByRole('button', { name: 'Let back in' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What was lost').selectOption('everything')
    await dialog.getByLabel('How you know').fill('Met at the front desk.')
    await demandAccessible(page, 'letting back in')
    await dialog.getByRole('button', { name: 'Let back in' }).click()
    const link = await dialog.locator('.once').innerText()
    const other = await openWindow()
    try {
      await other.page.goto(/https:\S+#\S{43}/.exec(link)![0])
      await other.page.getByLabel('New password').fill('lantern orbit mustard seventy')
      equal(new URL(other.page.url()).hash, '', 'the token still stands in the address bar')
      await demandAccessible(other.page, 'coming back, first step')
      await other.page.getByRole('button', { name: 'Go on to the second factor' }).click()
      const key = (await other.page.locator('.totp-secret').innerText()).replaceAll(' ', '')
      await other.page.getByLabel('Code the app shows now').fill(codeAt(key, house.world.now()))
      await other.page.getByRole('button', { name: 'Come back in' }).click()
      await other.page.getByLabel('I have kept them.').check()
      await other.page.getByRole('button', { name: 'Go to the overview' }).click()
      await other.page.goto(`${origin}/account`)
      await other.page.getByText(lost).waitFor()
      // Who holds no role may not read the annex, and the browser tells of that refusal.
      deepEqual(
        other.complaints.filter((complaint) => !complaint.endsWith('/v1/annex')),
        [],
      )
    } finally {
      await other.close()
    }
  })

  test('a session that ended elsewhere shows nothing more, and leads to sign-in and back', async () => {
    const { page } = window
    await page.goto(`${origin}/watch`)
    await page.getByText('Asked anew every 5 s').waitFor()
    const ended = await page.evaluate(
      `fetch('/v1/sessions/current', { method: 'DELETE', headers: { 'holdfast-request': '1' } }).then(({ status }) => status)`,
    )
    equal(ended, 200)
    await page.getByLabel('E-mail').waitFor()
    equal(new URL(page.url()).searchParams.get('back'), '/watch')
    // The browser itself tells of answers like these; the page asked before it could know.
    await page.goto('about:blank')
    const told = await window.takeComplaints(/status of 401/)
    ok(told.length > 0)
    ok(told.every((complaint) => complaint.includes('status of 401')))
  })

  test('an invited person enrols with a passkey and signs in with it alone', async () => {
    const other = await openWindow()
    try {
      const { page, context } = other
      const devtools = await context.newCDPSession(page)
      await devtools.send('WebAuthn.enable')
      await devtools.send('WebAuthn.addVirtualAuthenticator', {
        options: {
          protocol: 'ctap2',
          transport: 'internal',
          hasResidentKey: true,
          hasUserVerification: true,
          isUserVerified: true,
        },
      })
      await page.goto(await linkOf('invitation'))
      await page.getByLabel('Your name').fill('Grace Example')
      await page.getByLabel('E-mail').fill('grace@processor.example')
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Go on to the second factor' }).click()
      await page.getByRole('radio', { name: /Passkey/ }).check()
      await page.getByRole('button', { name: 'Make a passkey and enrol' }).click()
      await page.getByLabel('I have kept them.').check()
      await page.getByRole('button', { name: 'Go to the overview' }).click()
      await page.goto(`${origin}/account`)
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
      await page.getByText(/measures are proven/).waitFor()
      deepEqual(other.complaints, [])
    } finally {
      await other.close()
    }
  })

  test('the public annex and the report open for a stranger, whose visit costs no refusal', async () => {
    const stranger = await openWindow()
    try {
      const { page } = stranger
      const refused: string[] = []
      page.on('response', (answer) => {
        if (answer.status() >= 400) refused.push(answer.url())
      })
      await page.goto(`${origin}/public-annex`)
      await page.getByText(/measures are proven/).waitFor()
      await page.getByRole('link', { name: 'Report it' }).click()
      await page.getByLabel('What have you seen?').fill('A list of names lies in the open.')
      await page.getByRole('button', { name: 'Send the report' }).click()
      await page.getByText('We have your report').waitFor()
      ok((await page.locator('.receipt').innerText()).length > 8)
      await demandAccessible(page, 'report, filed')
      deepEqual(refused, [])
      deepEqual(stranger.complaints, [])
    } finally {
      await stranger.close()
    }
  })

  test('a planted script does not run and is told, and a planted faint heading is found', async () => {
    const planted = await openWindow()
    try {
      const { page } = planted
      await page.goto(`${origin}/public-annex`)
      await page.getByText(/measures are proven/).waitFor()
      await rejects(
        page.evaluate('document.body.innerHTML = "<img src=x onerror=planted()>"'),
        /TrustedHTML/,
      )
      const policy = /require-trusted-types-for/
      match((await planted.takeComplaints(policy)).join('\n'), policy)
      await page.evaluate('document.querySelector("h1").style.color = "#f0f0ee"')
      await rejects(demandAccessible(page, 'planted'), { name: 'AssertionError' })
    } finally {
      await planted.close()
    }
  })

  test('nothing in all this broke the content policy or spoke in the console', () => {
    deepEqual(window.complaints, [])
    deepEqual(house.faults, [])
  })
})
