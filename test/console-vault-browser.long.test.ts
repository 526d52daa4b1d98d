import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import type { Controller } from '#vault'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'
import { enrol } from './identity-people.ts'
import { inController, takeIn } from './vault-people.ts'

suite('the vault in the console', { skip: noBrowser ?? false }, () => {
  let house: TestHouse
  let clinic: Controller
  let origin: string
  let helper: Window
  let officer: Window

  const windowOf = async (email: string, roles: readonly string[]): Promise<Window> => {
    const { cookie } = await enrol(house, email, roles)
    const [name = '', value = ''] = cookie.split('=')
    const opened = await openWindow()
    await opened.context.addCookies([{ name, value, url: origin, secure: true, httpOnly: true }])
    await opened.context.addInitScript("localStorage.setItem('holdfast-signed-in', '1')")
    return opened
  }
  const settle = async ({ page }: Window) => {
    await page.waitForLoadState('networkidle')
    await page.locator('.waiting').first().waitFor({ state: 'detached' })
  }
  const button = ({ page }: Window, name: string) => page.getByRole('button', { name, exact: true })
  /** Fills the form that the button of this name opens, and sends it. */
  const fillIn = async (window: Window, verb: string, fill: () => Promise<unknown>) => {
    await button(window, verb).first().click()
    const dialog = window.page.getByRole('dialog')
    await dialog.waitFor()
    await fill()
    await dialog.getByRole('button', { name: verb, exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  /** A picture of a page, light and dark, where somebody wants to look at it. */
  const look = async ({ page }: Window, name: string) => {
    const into = process.env['HOLDFAST_LOOK']
    if (into === undefined) return
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: `${into}/${name}-${colorScheme}.png`, fullPage: true })
    }
  }

  before(async () => {
    house = await openHouse({ listen: true, work: true })
    origin = house.settings.publicUrl
    clinic = await takeIn(house)
    const here = inController(house, clinic)
    await here.put(
      ['Ada Lovelace', 'Grace Hopper', 'Ada King', 'Alan Kay', 'Barbara Liskov'].flatMap(
        (name, i) => [
          {
            subjectKey: `P-${i}`,
            category: 'contact',
            fields: { name, email: `p${i}@people.example`, phone: `030 123456${i}` },
          },
          { subjectKey: `P-${i}`, category: 'health', fields: { diagnosis: 'fever' } },
        ],
      ),
    )
    helper = await windowOf('hana@processor.example', ['support', 'controller-reader'])
    officer = await windowOf('olga@processor.example', ['privacy'])
  })
  after(async () => {
    await helper?.close()
    await officer?.close()
    await house?.close()
  })

  const explain = async ({ page }: Window, reason: string) => {
    await page.getByLabel('Purpose', { exact: true }).selectOption('care')
    await page.getByLabel('Reason').fill(reason)
  }

  test('one word finds who has it, and says what its index gives away', async () => {
    const { page } = helper
    await page.goto(`${origin}/vault/${clinic.controllerId}`)
    await explain(helper, 'Ticket 7: cannot sign in')
    await page
      .getByLabel('By', { exact: true })
      .selectOption({ label: 'contact: name, by its words' })
    await page.getByText(/a frequent word can be guessed/).waitFor()
    await page.getByLabel('Words that all stand in it').fill('ada')
    await button(helper, 'Find').click()
    await page.getByText(/^Found 2 subjects/).waitFor()
    await button(helper, 'Open').first().click()
    await button(helper, 'Read the records').click()
    await page.getByText('p•••@•••.example').waitFor()
  })

  test('one field is revealed, with its entry beside it, and the others stay masked', async () => {
    const { page } = helper
    const card = page.getByRole('region', { name: 'Subject 1' })
    ok(!(await card.innerText()).includes('p0@people.example'))
    await button(helper, 'Reveal email').click()
    await card.getByText('p0@people.example').waitFor()
    await card.getByText(/^revealed in/).waitFor()
    ok(!(await card.innerText()).includes('1234560'), 'the telephone number came along')
    await settle(helper)
    await look(helper, 'vault-subject')
    await demandAccessible(page, 'a subject in the vault')
  })

  test('a record is put right in sight of what stands there and what will, and by keys alone', async () => {
    const { page } = officer
    await page.goto(`${origin}/vault/${clinic.controllerId}`)
    await explain(officer, 'Request 2: the number is wrong')
    await page.getByLabel('Exact value').fill('P-4')
    await button(officer, 'Find').click()
    await page.getByText(/^Found 1 subject/).waitFor()
    await button(officer, 'Open').first().click()
    await button(officer, 'Read the records').click()
    const contact = page.getByRole('article').filter({ hasText: 'contact' })
    await contact.getByRole('button', { name: 'Put right' }).focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    const email = dialog.getByRole('textbox', { name: 'email (optional)' })
    await dialog.getByText('Nothing is changed yet.').waitFor()
    await dialog.getByText('Request 2: the number is wrong').waitFor()
    await email.focus()
    await page.keyboard.press('Enter')
    await dialog.getByText('Change at least one field.').waitFor()
    await email.fill('no address')
    await page.keyboard.press('Enter')
    await dialog.getByText('vault.value-malformed').waitFor()
    await email.fill('barbara@people.example')
    await dialog.getByRole('checkbox', { name: 'phone' }).check()
    await dialog.getByRole('row', { name: /^email .* barbara@people\.example$/ }).waitFor()
    await dialog.getByRole('row', { name: /^phone .* no value$/ }).waitFor()
    await look(officer, 'vault-put-right')
    await demandAccessible(page, 'putting a record right')
    await email.focus()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.getByText(/^Put right since, as version 2/).waitFor()
    await look(officer, 'vault-was-put-right')
    await button(officer, 'Who touched this?').click()
    const touched = page.getByRole('table', { name: 'Who touched subject 5' })
    await touched.getByText('vault.record.rectify').first().waitFor({ timeout: 30_000 })
    await button(officer, 'Read again').click()
    await page.getByText(/^Version 2, stored/).waitFor()
    const sought = { category: 'contact', field: 'email', value: 'barbara@people.example' }
    equal((await inController(house, clinic).find(sought)).length, 1)
  })

  test('what the subject says is written down with its evidence, and who may not read it sees none', async () => {
    const { page } = helper
    await fillIn(helper, 'Write down', async () => {
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Purpose').selectOption('news')
      await dialog.getByLabel('What was said').selectOption('consent')
      await dialog.getByLabel('Evidence').fill('Form 12, signed on 9 March')
      await demandAccessible(page, 'writing consent down')
    })
    await page.getByText('consent to news is written down').waitFor()
    equal(await page.getByText('Form 12').count(), 0)
  })

  test('the officer sees the evidence and who touched the subject', async () => {
    const { page } = officer
    await page.goto(`${origin}/vault/${clinic.controllerId}`)
    await explain(officer, 'Request 3: who looked?')
    await page.getByLabel('Exact value').fill('P-0')
    await button(officer, 'Find').click()
    await page.getByText(/^Found 1 subject/).waitFor()
    await button(officer, 'Open').first().click()
    await page.getByText('Form 12, signed on 9 March').waitFor()
    await button(officer, 'Who touched this?').click()
    const touched = page.getByRole('table', { name: 'Who touched subject 1' })
    await touched.getByText('vault.field.reveal').waitFor({ timeout: 30_000 })
    await touched.getByText('Ticket 7: cannot sign in').first().waitFor()
    await settle(officer)
    await look(officer, 'vault-touched')
    await demandAccessible(page, 'who touched a subject')
  })

  test('a file is put in with its progress, handed out for a purpose, and erased by its typed name', async () => {
    const { page } = officer
    await page.goto(`${origin}/vault/${clinic.controllerId}`)
    await explain(officer, 'Request 3: the letter')
    await page.getByLabel('Exact value').fill('P-1')
    await button(officer, 'Find').click()
    await page.getByText(/^Found 1 subject/).waitFor()
    await button(officer, 'Open').first().click()
    await button(officer, 'List the files').click()
    await page.getByText(/^No file of a category/).waitFor()
    const put = async (name: string) => {
      const buffer = Buffer.from('Dear Grace')
      await page
        .getByLabel('File', { exact: true })
        .setInputFiles({ name, mimeType: 'text/plain', buffer })
      await button(officer, 'Put the file in').click()
      await page.getByRole('cell', { name, exact: true }).waitFor()
    }
    await put('letter.txt')
    await put('scan 2.txt')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(officer, 'Download letter.txt').click(),
    ])
    equal(download.suggestedFilename(), 'letter.txt')
    equal(await text(await download.createReadStream()), 'Dear Grace')
    await settle(officer)
    await look(officer, 'vault-files')
    await demandAccessible(page, 'files of a subject')
    const row = page.getByRole('row').filter({ hasText: 'scan 2.txt' })
    await row.getByRole('button', { name: 'Erase' }).click()
    const dialog = page.getByRole('dialog')
    const last = dialog.getByRole('button', { name: 'Erase' })
    ok(await last.isDisabled())
    await dialog.getByLabel('Type scan 2.txt to go on').fill('scan 2.txt')
    await last.click()
    await dialog.waitFor({ state: 'detached' })
    await row.waitFor({ state: 'detached' })
    // The list is asked for anew: the other file is there again a moment later.
    await page.getByRole('cell', { name: 'letter.txt', exact: true }).waitFor()
  })

  test('a request goes from receipt to the copy, and is a task on the first page until then', async () => {
    const { page } = officer
    await page.goto(`${origin}/vault/${clinic.controllerId}/requests`)
    await settle(officer)
    await fillIn(officer, 'Take a request in', async () => {
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Asked for').selectOption('access')
      await dialog.getByLabel('In which words').fill('What do you hold about me?')
    })
    await page.getByRole('cell').getByRole('button', { name: 'Open' }).click()
    await button(officer, 'Forward').click()
    const letter = page.getByRole('dialog')
    await letter.getByText('olive@alder.example').waitFor()
    await letter.getByText(/No mail server is configured/).waitFor()
    equal(await letter.getByText('What do you hold about me?').count(), 0)
    const due = /Due: +(\S+)/.exec(await letter.innerText())?.[1]
    const shown = page.locator('section[aria-label="Request"] dd time').first()
    equal(await shown.getAttribute('datetime'), due, 'the page and the letter name two days')
    await letter.getByLabel(/^With what was asked/).check()
    await letter.getByText('What do you hold about me?').waitFor()
    await look(officer, 'vault-letter')
    await demandAccessible(page, 'the letter to the controller')
    await letter.getByLabel('Sent by another way').fill('By post to Olive')
    await letter.getByRole('button', { name: 'It is sent' }).click()
    await letter.waitFor({ state: 'detached' })
    await page.getByText('By post to Olive').waitFor()
    await fillIn(officer, 'Keep the instruction', async () => {
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('The controller says').selectOption('yes')
      await dialog.getByLabel('In its words').fill('Give her a copy.')
    })
    await button(officer, 'Name the subject').click()
    const naming = page.getByRole('dialog')
    await naming.getByLabel('Pseudonym of the subject').fill('P-1')
    await naming.getByRole('button', { name: 'Name the subject' }).click()
    await naming.getByText(/^That is no pseudonym/).waitFor()
    await naming.getByRole('button', { name: 'Cancel' }).click()
    await naming.waitFor({ state: 'detached' })
    await page.getByText('do what was asked').waitFor()
    const subject = await house.owner.first<{ id: string }>({
      text: 'select subject_id as id from vault.attachment where controller_id = $1 limit 1',
      values: [clinic.controllerId],
    })
    await fillIn(officer, 'Name the subject', () =>
      page.getByRole('dialog').getByLabel('Pseudonym of the subject').fill(subject!.id),
    )
    await button(officer, 'Hand the copy out').waitFor()
    await look(officer, 'vault-request')
    await demandAccessible(page, 'a request')
    await page.goto(origin)
    await page.getByText('1 request of data subjects to answer').waitFor()
    await look(officer, 'overview-requests')
    await page.getByRole('link', { name: /Alder Clinic: access/ }).click()
    await page.getByRole('cell').getByRole('button', { name: 'Open' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(officer, 'Hand the copy out').click(),
    ])
    match(download.suggestedFilename(), /^copy-[0-9a-f-]{36}\.zip$/)
    await page.getByText('Done', { exact: true }).waitFor()
  })

  test('an export of many is refused until a second person has approved it', async () => {
    const { page } = officer
    const second = await windowOf('sven@processor.example', ['privacy'])
    try {
      await page.goto(`${origin}/controllers/${clinic.controllerId}/transfers`)
      await explain(officer, 'Move to another house')
      await button(officer, 'Export').click()
      await button(officer, 'Ask a second person').click()
      await page.getByText(/whoever may decide is told/).waitFor()
      await page.getByText('waits for a second person').waitFor()
      equal(await button(officer, 'Decide').count(), 0, 'one decides on one’s own request')
      await second.page.goto(`${origin}/watch`)
      const told = second.page.getByRole('complementary', { name: 'Notices' })
      await told.getByText('An export waits for a second person').waitFor()
      await look(second, 'notice-export')
      await demandAccessible(second.page, 'a notice of what waits')
      await told.getByRole('link', { name: 'Look at it' }).click()
      await fillIn(second, 'Decide', async () => {
        const dialog = second.page.getByRole('dialog')
        await dialog.getByLabel('Decision').selectOption('yes')
        await dialog.getByLabel('Because').fill('The contract ends; agreed with Olive')
      })
      await second.page.getByText('approved', { exact: true }).waitFor()
      await told.getByText('An export waits for a second person').waitFor({ state: 'detached' })
      await settle(second)
      await look(second, 'vault-exports')
      await demandAccessible(second.page, 'exports by two')
      await second.page.getByRole('cell', { name: 'Nadia Okonkwo' }).first().waitFor()
      // The page that waited hears of it by itself.
      await page.getByText('A second person has approved this export').waitFor()
      await page.evaluate(breakOffOnce, 700)
      await button(officer, 'Export').click()
      await page.getByText(/^The .* that came are kept/).waitFor()
      await settle(officer)
      await look(officer, 'vault-export-broke-off')
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(officer, 'Go on from there').click(),
      ])
      match(download.suggestedFilename(), /\.csv$/)
      const [head, ...lines] = (await text(await download.createReadStream())).trim().split('\r\n')
      match(head!, /^_subjectId,/)
      deepEqual(
        lines.map((line) => line.split(',').slice(1, 3).join(' ')),
        [0, 1, 2, 3, 4].flatMap((i) => [`P-${i} contact`, `P-${i} health`]),
      )
      equal(await button(officer, 'Go on from there').count(), 0)
      await page.getByText('approved and used, went on 1 time').waitFor()
      const used = page.getByText('A second person has approved this export')
      equal(await used.count(), 0, 'the approval is still offered')
      await second.page.reload()
      await second.page.getByText('approved and used, went on 1 time').waitFor()
    } finally {
      await second.close()
    }
  })

  test('retention is tried before it acts, and the schema says what each index gives away', async () => {
    const { page } = officer
    await inController(house, clinic).put([
      { subjectKey: 'P-2', category: 'visit', fields: { ward: 'north' } },
    ])
    await page.goto(`${origin}/vault/${clinic.controllerId}/retention`)
    const soon = page.getByRole('table', { name: 'Due within 30 days' })
    await soon.getByRole('columnheader', { name: 'Earliest due' }).waitFor()
    await soon.getByRole('cell', { name: /^in \d+ days/ }).waitFor()
    await button(officer, 'Try it, change nothing').click()
    await page.getByText('No record of this category is past its time.').waitFor()
    await house.owner.run({
      text: `update vault.record set erase_after = now() - interval '1 hour' where category = 2`,
    })
    await button(officer, 'Try it, change nothing').click()
    const tried = page.getByText(/^1 record past its time/)
    await tried.waitFor()
    await button(officer, 'Anonymise').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(/1 record leaves nothing/).waitFor()
    await dialog.getByRole('button', { name: 'Anonymise' }).click()
    await dialog.waitFor({ state: 'detached' })
    await tried.waitFor({ state: 'detached' })
    await settle(officer)
    await look(officer, 'vault-retention')
    await demandAccessible(page, 'retention')
    await page.goto(`${origin}/vault/${clinic.controllerId}/schema`)
    await page.getByText(/which subjects share a word/).waitFor()
    await look(officer, 'vault-schema')
    await demandAccessible(page, 'schema')
    await page.getByRole('link', { name: 'To the contract, to amend it' }).click()
    await button(officer, 'Amend the contract').click()
    await page.getByLabel('Class of diagnosis').selectOption('ordinary')
    await page.getByLabel('Search by diagnosis').selectOption('words')
    await button(officer, 'Judge the draft').click()
    const judged = page.getByRole('region', { name: 'What this comes to' })
    await judged.getByText('health.diagnosis no longer counts as a special category.').waitFor()
    await judged.getByText(/sounds like a special category/).waitFor()
    await look(officer, 'contract-amend')
    await demandAccessible(page, 'amending a contract')
  })

  test('a record that vanished from its table is found, and stands settled with a reason', async () => {
    const { page } = officer
    await page.goto(`${origin}/vault/${clinic.controllerId}/integrity`)
    await page.getByText('None is open.').waitFor()
    await house.owner.run({
      text: `delete from vault.record where category = 1 and subject_id = (
        select subject_id from vault.subject where ordinal = 5)`,
    })
    await button(officer, 'Verify now').click()
    await page.getByText('gone without an entry').waitFor()
    await page.getByText('1 discrepancy', { exact: true }).waitFor()
    await settle(officer)
    await look(officer, 'vault-integrity')
    await demandAccessible(page, 'integrity')
    await fillIn(officer, 'Settle', () =>
      page.getByLabel('Because').fill('Lost with a disk; the controller knows'),
    )
    await page.getByText('None is open.').waitFor()
    await button(officer, 'Verify now').click()
    await page.getByText('sound', { exact: true }).waitFor()
  })

  test('every part opens by keyboard alone and fits a narrow screen', async () => {
    const { page } = officer
    for (const part of [
      '',
      '/requests',
      '/retention',
      '/tokens',
      '/exports',
      '/integrity',
      '/schema',
    ]) {
      await page.goto(`${origin}/vault/${clinic.controllerId}${part}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settle(officer)
      await page.setViewportSize({ width: 390, height: 800 })
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      ok(width <= 390, `${part} is ${width} wide`)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
    await page.goto(`${origin}/vault/${clinic.controllerId}`)
    const requests = page.getByRole('link', { name: 'Requests', exact: true })
    await requests.waitFor()
    for (let left = 60; left > 0; left -= 1) {
      await page.keyboard.press('Tab')
      if ((await page.locator(':focus').innerText()) === 'Requests') break
    }
    await page.keyboard.press('Enter')
    await page.getByText('Requests of data subjects').first().waitFor()
  })

  test('who may not see something is told so, and not that there is nothing', async () => {
    await helper.page.goto(`${origin}/access`)
    await helper.page.getByText(/You are not granted to see who may do what/).waitFor()
    const auditor = await windowOf('vera@processor.example', ['auditor'])
    try {
      await auditor.page.goto(`${origin}/watch`)
      await auditor.page.getByText('Nothing stands out').waitFor()
      await settle(auditor)
      equal(await auditor.page.getByText('No controller to plant canaries in').count(), 0)
      deepEqual(auditor.complaints, [])
    } finally {
      await auditor.close()
    }
  })

  test('and nothing went wrong in any window', () => {
    // The browser itself tells of the two refusals that were wanted.
    const said = [...helper.complaints, ...officer.complaints].map(
      (line) => /status of \d+/.exec(line)?.[0] ?? line,
    )
    deepEqual(said, ['status of 422', 'status of 403'])
    deepEqual(house.faults, [])
  })
})

/** In the page: the next export's answer breaks off after so many bytes, as a lost connection has it. */
function breakOffOnce(bytes: number): void {
  const { fetch } = globalThis
  globalThis.fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (!answer.url.includes('/export?')) return answer
    globalThis.fetch = fetch
    const reader = answer.body!.getReader()
    const broken = new ReadableStream({
      async start(controller) {
        const { value } = await reader.read()
        controller.enqueue(value!.subarray(0, bytes))
        await reader.cancel()
        setTimeout(() => controller.error(new TypeError('network error')), 100)
      },
    })
    return new Response(broken, { headers: answer.headers })
  }
}
