import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { callerWith } from './callers.ts'
import { openHouse, type TestHouse } from './house.ts'
import { codeAt, enrol, type Enrolled } from './identity-people.ts'

const people = [
  'Customer No;Full_Name;E-Mail;Phone',
  'c-1;Ann Example;ann@people.example;+49 30 1234567',
  'c-2;"Ben; Example";ben@people.example;+49 30 7654321',
  'c-3;Cleo Example;not an address;',
  '',
].join('\r\n')

/** Places that no link of the rail leads to. */
const parts = [
  '/controllers/new',
  '/trail/logs',
  '/trail/anchors',
  '/trail/retention',
  '/trail/streams',
  '/access/people',
  '/access/workloads',
  '/access/roles',
  '/access/grants',
  '/access/requests',
  '/access/privilege',
  '/access/policy',
  '/access/locks',
  '/access/reviews',
  '/access/providers',
  '/governance/vendors',
  '/governance/contracts',
  '/governance/changes',
  '/governance/endpoints',
  '/governance/releases',
  '/measures/trail.complete',
  '/report',
  '/account',
]
const ofController = ['', '/people', '/transfers', '/protection', '/objections']

suite('the places of the console', { skip: noBrowser ?? false }, () => {
  let house: TestHouse
  let window: Window
  let origin: string
  let controllerPath: string
  let secret: string
  const enrolled = new Map<string, Enrolled>()
  /** A code that has not been used: each counts once. */
  const freshCode = async () => {
    await house.owner.run({ text: 'update identity.factor set last_step = 0' })
    return codeAt(secret, new Date())
  }

  /** A window in which a person of these roles is signed in. */
  const windowOf = async (email: string, roles: readonly string[]): Promise<Window> => {
    const person = await enrol(house, email, roles)
    enrolled.set(email, person)
    const { cookie } = person
    const [name = '', value = ''] = cookie.split('=')
    const opened = await openWindow()
    await opened.context.addCookies([{ name, value, url: origin, secure: true, httpOnly: true }])
    await opened.context.addInitScript("localStorage.setItem('holdfast-signed-in', '1')")
    return opened
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
  const settle = async () => {
    await window.page.waitForLoadState('networkidle')
    await window.page.locator('.waiting').first().waitFor({ state: 'detached' })
  }
  const dialog = () => window.page.getByRole('dialog')
  const button = (name: string | RegExp) => window.page.getByRole('button', { name, exact: true })
  /** Opens a form by its button, fills it, and sends it by the button of the same name. */
  const fillIn = async (verb: string, fill: () => Promise<unknown>) => {
    await button(verb).first().click()
    await dialog().waitFor()
    await fill()
    await dialog().getByRole('button', { name: verb, exact: true }).click()
  }
  const explain = async (reason: string) => {
    await window.page.getByLabel('Purpose').selectOption('support')
    await window.page.getByLabel('Reason').fill(reason)
  }

  before(async () => {
    house = await openHouse({ listen: true, work: true })
    origin = house.settings.publicUrl
    window = await windowOf('nadia@processor.example', ['administrator'])
    ;({ secret } = enrolled.get('nadia@processor.example')!)
  })
  after(async () => {
    await window?.close()
    await house?.close()
  })

  test('empty places say how their first row is made', async () => {
    const { page } = window
    await page.goto(`${origin}/controllers`)
    await page.getByText('holdfast vault controller create').waitFor()
    await page.goto(`${origin}/continuity`)
    await page.getByText('holdfast drill restore').waitFor()
    await demandAccessible(page, 'continuity, empty')
  })

  test('a controller is taken in by a form, without a line of JSON', async () => {
    const { page } = window
    await page.goto(`${origin}/controllers`)
    await page.getByRole('link', { name: 'Take a controller in' }).first().click()
    await button('Fill in an example').click()
    // What is still missing the browser shows at its field; the house is not asked, and complains of nothing.
    await button('Judge the draft').click()
    await page.getByLabel('Name of the controller').and(page.locator(':focus')).waitFor()
    await page.getByLabel('Name of the controller').fill('Northwind')
    await button('Judge the draft').click()
    await page.getByLabel('Name of contact 1').and(page.locator(':focus')).waitFor()
    equal(await page.getByRole('button', { name: 'Take out contact 1' }).count(), 0)
    deepEqual(window.complaints, [])
    await page.getByLabel('Country').fill('DE')
    await page.getByLabel('Name of contact 1').fill('Dana Petrov')
    await page.getByLabel('E-mail of contact 1').fill('dana@northwind.example')
    await demandAccessible(page, 'taking a controller in')
    await button('Take the controller in').click()
    await page.waitForURL(/\/controllers\/[0-9a-f-]{36}$/)
    controllerPath = new URL(page.url()).pathname
    await page.getByText('Dana Petrov').waitFor()
    await page.getByText('order-number identifier, searchable').waitFor()
    await page.getByRole('link', { name: 'Controllers', exact: true }).first().click()
    await page.getByRole('cell', { name: '730 to 3,650 days' }).waitFor()
    await page.getByRole('link', { name: 'Northwind' }).click()
  })

  test('an amendment that weakens the contract is refused by name until it has a reason', async () => {
    const { page } = window
    await button('Amend the contract').click()
    await page.getByLabel('Hours to the notice of a breach').fill('48')
    await button('Put version 2 in force').click()
    await page.getByText('Notice of a breach comes after 48 h instead of 24 h.').waitFor()
    await page.getByLabel(/^Reason/).fill('The new contract says so')
    await button('Put version 2 in force').click()
    await page.getByText('within 48 hours').waitFor()
    // The browser itself tells of the refusal.
    deepEqual(
      (await window.takeComplaints(/status of 422/)).map((line) => /status of \d+/.exec(line)?.[0]),
      ['status of 422'],
    )
  })

  test('a file is tried first, then stored, and its bad row is named and not stored', async () => {
    const { page } = window
    await page.goto(`${origin}${controllerPath}/transfers`)
    await explain('First import, ticket 1')
    await page
      .getByLabel('File')
      .setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from(people) })
    await page.getByRole('cell', { name: 'Ben; Example' }).waitFor()
    equal(await page.getByLabel('Identifier of the subject').inputValue(), 'Customer No')
    equal(await page.getByLabel('email', { exact: true }).inputValue(), 'E-Mail')
    await button('Try it, store nothing').click()
    await page.getByText('The value of email is not a valid email.').waitFor()
    await page.getByText('0 subjects, 0 records').waitFor()
    await demandAccessible(page, 'an import tried')
    // The connection breaks: nothing is lost, and the file goes on from where the import stands.
    await page.route('**/imports/*', (route) => route.abort(), { times: 1 })
    await button('Store 2 rows').click()
    await page.getByText(/^The connection broke off/).waitFor()
    await demandAccessible(page, 'an import that broke off')
    await button('Go on where it stands').click()
    await page.getByText('2 subjects, 2 records').waitFor()
    deepEqual(
      (await window.takeComplaints(/ERR_FAILED/, /status of 404/)).map(
        (line) => /ERR_FAILED|status of \d+/.exec(line)?.[0],
      ),
      ['ERR_FAILED', 'status of 404'],
    )
    await page.getByText('finished, with rejected rows').first().waitFor()
  })

  test('a subject is found by an exact value, and its record is shown masked', async () => {
    const { page } = window
    await page.goto(`${origin}${controllerPath}/people`)
    ok(await button('Find').isDisabled(), 'one can look without saying why')
    await explain('Ticket 2: asks what we hold')
    await page.getByLabel('By').selectOption('contact email')
    await page.getByLabel('Exact value').fill('ANN@people.example')
    await button('Find').click()
    await page.getByText(/^Found 1 subject/).waitFor()
    ok(!page.url().includes('people.example'), 'what was searched for stands in the address')
    await button('Open').first().click()
    await button('Read the records').click()
    const card = page.getByRole('region', { name: 'Subject 1' })
    await card.getByText('a•••@•••.example').waitFor()
    const shown = await card.innerText()
    ok(!/ann|1234567/i.test(shown), `not masked: ${shown}`)
    match(shown, /To reveal one takes a role that allows vault\.field\.reveal/)
    await card.getByRole('link', { name: /trail entry/ }).waitFor()
    await demandAccessible(page, 'a subject')
  })

  test('the same record is shown in full to whoever is granted to reveal it', async () => {
    const officer = await windowOf('olga@processor.example', ['privacy'])
    try {
      const { page } = officer
      await page.goto(`${origin}${controllerPath}/people`)
      await page.getByLabel('Purpose').selectOption('support')
      await page.getByLabel('Reason').fill('Ticket 3: wants a copy')
      await page.getByLabel('Exact value').fill('c-1')
      await page.getByRole('button', { name: 'Find' }).click()
      await page.getByRole('button', { name: 'Open' }).first().click()
      await page.getByRole('button', { name: 'Read the records' }).click()
      await page.getByText('ann@people.example').waitFor()
      await page.getByText('in full').waitFor()
      equal(await page.getByRole('link', { name: 'Take a controller in' }).count(), 0)
      deepEqual(officer.complaints, [])
    } finally {
      await officer.close()
    }
  })

  test('a subject is erased only with its number typed, and leaves a certificate and nothing else', async () => {
    const { page } = window
    await button('Erase').click()
    const erase = dialog().getByRole('button', { name: 'Erase' })
    ok(await erase.isDisabled(), 'it can be erased without a word')
    await dialog().getByLabel('Type erase 1 to go on').fill('erase 1')
    await erase.click()
    const certificate = page.getByRole('region', { name: 'Certificate of erasure' })
    await certificate.getByText('1 record in contact').waitFor()
    await demandAccessible(page, 'certificate of erasure')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      certificate.getByRole('button', { name: 'Download the certificate' }).click(),
    ])
    match(download.suggestedFilename(), /^erasure-[0-9a-f-]{36}\.json$/)
    const signed = JSON.parse(await text(await download.createReadStream()))
    match(signed.certificate, /^holdfast-erasure\/1\n.*\n\n— /s, 'signed by nobody')
    await button('Find').click()
    await page.getByText('No subject of this controller has exactly this value.').waitFor()
  })

  test('an export gives the file that was asked for, and canaries are planted', async () => {
    const { page } = window
    await page.getByRole('link', { name: 'Import and export' }).click()
    const [download] = await Promise.all([page.waitForEvent('download'), button('Export').click()])
    match(download.suggestedFilename(), /^[0-9a-f-]{36}\.csv$/)
    await page.getByRole('link', { name: 'Retention and canaries' }).click()
    await button('Plant canaries').click()
    await page.getByText('10 canaries', { exact: true }).waitFor()
  })

  test('a workload gets a credential that works, shown once', async () => {
    const { page } = window
    await page.goto(`${origin}/access/workloads`)
    await fillIn('Create a workload', () =>
      dialog().getByRole('textbox', { name: 'Name' }).fill('shop'),
    )
    await page.getByText('Credentials of shop').first().waitFor()
    await fillIn('Issue a credential', () => dialog().getByLabel('Label').fill('first host'))
    const token = await dialog().locator('.once-text').innerText()
    const { status, json } = await house.request('/v1/self', { token })
    deepEqual([status, json.kind], [200, 'workload'])
    await page.keyboard.press('Escape')
    ok(await dialog().isVisible(), 'a slip of the hand hides what is shown once')
    await demandAccessible(page, 'a token')
    await button('I have it').click()
    await page.getByRole('cell', { name: 'first host' }).waitFor()
    ok(!(await page.content()).includes(token), 'the token is still in the page')
  })

  test('a grant given by form answers both questions, and ends when it is revoked', async () => {
    const { page } = window
    await page.goto(`${origin}/access/grants`)
    await settle()
    await fillIn('Give a grant', async () => {
      await dialog().getByLabel('To whom').selectOption({ label: 'shop (workload)' })
      await dialog().getByLabel('Role').selectOption('support')
      const controllers = dialog().getByRole('group', { name: 'Controllers' })
      await controllers.getByLabel('only these').check()
      await dialog().getByRole('button', { name: 'Give a grant' }).click()
      await dialog().getByText('Controllers is needed.').waitFor()
      await dialog().getByLabel('Northwind').check()
      await demandAccessible(page, 'giving a grant')
    })
    await page.getByRole('cell', { name: 'shop workload' }).waitFor()
    await page.getByRole('link', { name: 'Who and what' }).click()
    await page.getByLabel('Action').fill('vault.subject.find')
    await page.getByLabel('For').selectOption({ label: 'Northwind' })
    await button('Who can?').click()
    const who = page.getByRole('region', { name: 'Who can do vault.subject.find', exact: true })
    await who.getByRole('link', { name: 'shop' }).first().click()
    await page.getByText('What shop can do').waitFor()
    await fillIn('Revoke', async () => undefined)
    await page.getByText('Nothing: no grant is in force.').waitFor()
  })

  test('a link invites a person, and withdrawn it is open no more', async () => {
    const { page } = window
    await page.getByRole('link', { name: 'Accounts', exact: true }).click()
    await page.getByRole('link', { name: 'People', exact: true }).click()
    // Somebody has left the session open for longer than a second factor counts.
    await house.owner.run({
      text: `update identity.session set proven_at = now() - interval '11 minutes'`,
    })
    await button('Invite a person').first().click()
    await dialog().getByLabel('auditor', { exact: true }).check()
    await dialog().getByRole('button', { name: 'Invite a person' }).click()
    await dialog().getByText('This wants a second factor shown just now.').waitFor()
    // The browser itself tells of answers like this one.
    ok(window.complaints.splice(0).every((line) => line.includes('status of 403')))
    await demandAccessible(page, 'a second factor again')
    await look(window, 'access-step-up')
    await dialog()
      .getByLabel('Code the app shows now')
      .fill(await freshCode())
    await dialog().getByRole('button', { name: 'Show it and go on' }).click()
    const link = await dialog().locator('.once-text').innerText()
    ok(link.startsWith(`${origin}/enrol#`), link)
    await button('I have it').click()
    while ((await button('Hide this').count()) > 0) await button('Hide this').first().click()
    await button('Withdraw').click()
    await page.getByText('No link is open.').waitFor()
  })

  test('a directory is named, its groups are mapped, and what it writes shows the roles it brings', async () => {
    const { page } = window
    const { workloadId, token } = await callerWith(house, { actions: ['identity.scim-group.*'] })
    const [{ name } = { name: '' }] = await house.owner.rows<{ name: string }>({
      text: 'select name from identity.workload where id = $1',
      values: [workloadId],
    })
    await page.goto(`${origin}/access/providers`)
    await fillIn('Trust a provider', async () => {
      await page.getByLabel('What people call it').fill('Company')
      await page.getByLabel('Issuer').fill('https://login.company.example')
      await page.getByLabel('Client id').fill('holdfast')
      await page.getByLabel('Roles by group').fill('Tour Guides: auditor')
    })
    await dialog().getByText('is no mapping').waitFor()
    await page.getByLabel('Roles by group').fill('')
    await dialog().getByRole('button', { name: 'Trust a provider', exact: true }).click()
    await page.getByRole('link', { name: 'Groups of Company' }).click()
    await page.getByText('No directory has written a group yet').waitFor()
    await demandAccessible(page, 'groups, empty')
    await fillIn('Name the directory', () => page.getByLabel('Workload').selectOption(name))
    await page.getByText(`${name} keeps its people and groups here`).waitFor()
    const written = await house.request('/scim/v2/Groups', {
      method: 'POST',
      token,
      json: {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
        displayName: 'Tour Guides',
      },
    })
    equal(written.status, 201, written.body)
    await fillIn('Map groups', () =>
      page.getByLabel('Roles by group').fill('Tour Guides = auditor'),
    )
    await page.getByRole('cell', { name: 'Tour Guides', exact: true }).waitFor()
    await page.getByRole('cell', { name: 'auditor', exact: true }).waitFor()
    await demandAccessible(page, 'groups of a directory')
    await button('Trust by SAML').click()
    await dialog().waitFor()
    await demandAccessible(page, 'trust by SAML')
    await page.keyboard.press('Escape')
  })

  test('access has its parts in groups, which the keyboard reaches in their order', async () => {
    const { page } = window
    await page.goto(`${origin}/access`)
    await settle()
    const nav = page.getByRole('navigation', { name: 'Parts of access' })
    const names = async () => (await nav.getByRole('link').allInnerTexts()).join(' · ')
    const groups = 'Who and what · Accounts · Rights · Requests and locks · Reviews'
    equal(await names(), groups)
    await nav.getByRole('link', { name: 'Who and what' }).focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/access\/grants$/)
    equal(await names(), `${groups} · Grants · Roles · Policy`)
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/access\/roles$/)
    await settle()
    const current = nav.locator('[aria-current]')
    deepEqual(await current.allInnerTexts(), ['Rights', 'Roles'])
    const [first, last] = await Promise.all(
      ['Who and what', 'Reviews'].map((name) => nav.getByRole('link', { name }).boundingBox()),
    )
    equal(first!.y, last!.y, 'the groups wrap')
    await demandAccessible(page, 'access in groups')
    await look(window, 'access-roles')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.goto(`${origin}/access/people`)
    await settle()
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    ok(Number(wide) <= 390, `${Number(wide)} wide`)
    await look(window, 'access-people-narrow')
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  test('whoever holds no role is told so, asks for one, and has it once somebody agrees', async () => {
    const other = await windowOf('newcomer@processor.example', [])
    try {
      const { page } = other
      await page.goto(origin)
      await page.getByRole('heading', { name: /nothing is open to you yet/ }).waitFor()
      await demandAccessible(page, 'the first page of whoever holds no role')
      await look(other, 'no-role')
      const places = page.getByRole('navigation', { name: 'Places' })
      const led = ['Overview', 'People & access', 'Public annex', 'Nadia Okonkwo']
      deepEqual(await places.getByRole('link').allInnerTexts(), led)
      await page.getByRole('button', { name: 'Ask for access', exact: true }).click()
      const form = page.getByRole('dialog')
      await form.getByLabel('Role').fill('auditor')
      await form.getByLabel('Why').fill('I look after the evidence from today on')
      await form.getByRole('button', { name: 'Ask for access', exact: true }).click()
      await page.getByText('You asked for auditor; it waits for an answer.').waitFor()
      await window.page.goto(`${origin}/access/requests`)
      await fillIn('Approve', async () => undefined)
      await window.page.getByText('open', { exact: true }).first().waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'What we promise, and whether it holds' }).waitFor()
      await places.getByRole('link', { name: 'Trail' }).waitFor()
      deepEqual(other.complaints, [])
    } finally {
      await other.close()
    }
  })

  test('two who may list no roles break the glass, and nobody is asked to review what is still open', async () => {
    const emails = ['gus@processor.example', 'gil@processor.example'] as const
    const [one, other] = await Promise.all(emails.map((email) => windowOf(email, ['support'])))
    try {
      const place = `${origin}/access/requests`
      await window.page.goto(place)
      for (const email of emails) {
        const { personId } = enrolled.get(email)!
        await fillIn('Designate somebody', () =>
          dialog().getByLabel('Person').selectOption(personId),
        )
        await dialog().waitFor({ state: 'detached' })
      }
      await one!.page.goto(place)
      await one!.page.getByRole('button', { name: 'Break the glass' }).click()
      const form = one!.page.getByRole('dialog')
      await form.getByLabel('Role').fill('auditor')
      await form.getByLabel('Why nobody else can').fill('Nobody can be reached')
      await form.getByRole('button', { name: 'Break the glass' }).click()
      await form.waitFor({ state: 'detached' })
      await other!.page.goto(place)
      await other!.page.getByRole('button', { name: 'Confirm' }).click()
      const asked = other!.page.getByRole('dialog')
      await asked.getByRole('button', { name: 'Confirm' }).click()
      await asked.waitFor({ state: 'detached' })
      await window.page.goto(place)
      const row = window.page.getByRole('row').filter({ hasText: 'break-glass' })
      await row.getByText('open', { exact: true }).waitFor()
      equal(await row.getByRole('button', { name: 'Review' }).count(), 0)
    } finally {
      await one!.close()
      await other!.close()
    }
  })

  test('a vendor goes through its life and shows among the obligations', async () => {
    const { page } = window
    await page.goto(`${origin}/governance/vendors`)
    await fillIn('Propose a vendor', async () => {
      await dialog().getByLabel('Name', { exact: true }).fill('Acme Hosting')
      await dialog().getByLabel('What it does for us').fill('Hosting')
      await dialog().getByLabel('Country of processing').fill('de')
      await dialog().getByLabel('Categories of data').fill('contact, orders')
      await demandAccessible(page, 'proposing a vendor')
    })
    await fillIn('Assess', () => dialog().getByLabel('The result is acceptable').check())
    await fillIn('Announce', async () => undefined)
    await page.getByText('lacks contract, objection window').waitFor()
    await page.goto(`${origin}${controllerPath}/objections`)
    await fillIn('Object', async () => {
      await dialog().getByLabel('Against').selectOption({ label: 'Acme Hosting: Hosting' })
      await dialog().getByLabel('Because').fill('We asked for another place.')
    })
    await page.getByRole('cell', { name: 'We asked for another place.' }).waitFor()
    await page.goto(`${origin}/governance`)
    await page.getByRole('link', { name: 'Acme Hosting: Hosting' }).waitFor()
  })

  test('a backup is made and stands in the list', async () => {
    const { page } = window
    await page.goto(`${origin}/continuity`)
    await button('Make a backup now').click()
    await page.getByText(/^Backup made: [\d,]+ rows/).waitFor({ timeout: 60_000 })
    await page.getByText('finished', { exact: true }).waitFor()
    await page.getByText('1 of 2', { exact: true }).waitFor()
  })

  test('a ring is rotated, and what lies at rest is shown', async () => {
    const { page } = window
    await page.goto(`${origin}/keys`)
    await settle()
    const row = page.getByRole('row', { name: /^The house/ })
    await row.getByText('version 1').waitFor()
    await row.getByRole('button', { name: 'Rotate' }).click()
    await dialog().getByText('wrapping key 1 to 2').waitFor()
    await demandAccessible(page, 'a rotation, tried dry')
    await dialog().getByRole('button', { name: 'Rotate' }).click()
    await row.getByText('version 2').waitFor()
    await page
      .getByRole('row', { name: /wrapping key to version 2/ })
      .getByText('done')
      .waitFor()
    await row.getByRole('button', { name: 'Show keys' }).click()
    await page.getByText('only opens').first().waitFor()
    await button('Show it').click()
    await page.getByText('vault.record', { exact: true }).waitFor()
    await demandAccessible(page, 'keys, all shown')
  })

  test('an entry of the trail proves itself in the browser, and the whole trail is sound', async () => {
    const { page } = window
    await page.goto(`${origin}/trail?action=vault.subject.erase`)
    await page.getByRole('link', { name: 'vault.subject.erase' }).click()
    await page.getByText('stands in its log', { exact: true }).waitFor({ timeout: 30_000 })
    await page.getByText('1 record of 1 subject in contact').waitFor()
    await page.getByText('Ticket 2: asks what we hold').first().waitFor()
    await demandAccessible(page, 'an entry')
    await page.goto(`${origin}/trail/logs`)
    await button('Verify now').click()
    await page.getByText('sound', { exact: true }).waitFor({ timeout: 60_000 })
    await demandAccessible(page, 'a trail verified')
  })

  test('every place opens without an error or anything serious to axe, and fits a narrow screen', async () => {
    const { page } = window
    await page.goto(origin)
    const rail = page.getByRole('navigation', { name: 'Places' }).getByRole('link')
    await rail.first().waitFor()
    const linked = await rail.evaluateAll((all) => all.map((link) => link.getAttribute('href')!))
    ok(linked.length >= 12, `only ${linked.length} places`)
    const ofOne = ofController.map((part) => `${controllerPath}${part}`)
    for (const path of new Set([...linked, ...parts, ...ofOne])) {
      await page.goto(`${origin}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settle()
      notEqual(await page.title(), '', `${path} has no title`)
      equal(await page.getByText('No such page').count(), 0, `${path} leads nowhere`)
      equal(await page.getByRole('alert').count(), 0, `${path} shows an error`)
      await demandAccessible(page, path)
      await page.setViewportSize({ width: 390, height: 800 })
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      ok(width <= 390, `${path} is ${width} wide`)
      await page.setViewportSize({ width: 1280, height: 800 })
    }
  })

  test('a controller leaves only with its name typed, and takes its data with it', async () => {
    const { page } = window
    await page.goto(`${origin}${controllerPath}`)
    const end = page.getByRole('region', { name: 'End of the contract' })
    const step = async (verb: string) => {
      await end.getByRole('button', { name: verb }).click()
      const last = dialog().getByRole('button', { name: verb })
      const typed = dialog().getByLabel('Type Northwind to go on')
      await typed.fill('Northwin')
      ok(await last.isDisabled(), 'half a name is enough')
      await typed.fill('Northwind')
      await last.click()
    }
    await step('Close it for its return')
    await end.getByLabel('Or why nothing is given back').fill('The controller chose deletion.')
    await step('Destroy its data and keys')
    await page.getByText('left', { exact: true }).waitFor()
    await page.getByText('0 subjects, 0 records').waitFor()
    await page.goto(`${origin}/controllers`)
    await page.getByText('Every controller has left').waitFor()
    await page.getByRole('button', { name: 'Show those that left' }).click()
    await page.getByRole('link', { name: 'Northwind' }).waitFor()
  })

  test('nothing in all this broke the content policy or spoke in the console', () => {
    deepEqual(window.complaints, [])
    deepEqual(house.faults, [])
  })
})
