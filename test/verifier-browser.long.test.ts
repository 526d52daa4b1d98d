import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { makeZip } from 'client-zip'
import { makeKey, signedCheckpoint } from '../verifier/made-log.ts'
import { packOf } from '../verifier/made-pack.ts'
import { demandAccessible, noBrowser, openWindow, type Window } from './browser.ts'
import { openHouse, type TestHouse } from './house.ts'

const installation = 'localhost:8443/holdfast/018f0000-0000-7000-8000-00000000aaaa'
const log = '018f0000-0000-7000-8000-00000000abcd'
const key = makeKey(`${installation}/${log}`)
const root = makeKey(`${installation}/root`, 1, key.pair)
const witness = makeKey('witness.example/w1', 4)
const policy = `log ${root.vkey}\nwitness w ${witness.vkey}\nquorum w\n`

/** Where to keep pictures of the page, for whoever looks; nowhere by default. */
const pictures = process.env['HOLDFAST_PICTURES']

async function zipOf(files: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const members = [...files].map(([name, input]) => ({ name, input, lastModified: new Date(0) }))
  return Buffer.from(await new Response(makeZip(members)).arrayBuffer())
}

describe('the page that verifies', { skip: noBrowser }, () => {
  let house: TestHouse
  let window: Window
  const files = packOf({ log, key, size: 600, anchor: { root, witnesses: [witness] } })

  before(async () => {
    house = await openHouse({ listen: true })
    window = await openWindow()
  })
  after(async () => {
    await window.close()
    await house.close()
  })

  const named = (name: string, buffer: Buffer) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer,
  })

  async function verify(
    brought: readonly { name: string; mimeType: string; buffer: Buffer }[],
    vkey: string,
  ): Promise<string> {
    const { page } = window
    await page.goto(`https://localhost:${house.settings.port}/verify`)
    await page.getByLabel(/Drop a pack/).setInputFiles([...brought])
    await page.getByLabel(/Verifier key/).fill(vkey)
    await page.getByRole('button', { name: 'Verify' }).click()
    await page.locator('#result').waitFor()
    return await page.locator('#result').innerText()
  }

  async function picture(name: string): Promise<void> {
    if (pictures === undefined) return
    for (const colorScheme of ['light', 'dark'] as const) {
      await window.page.emulateMedia({ colorScheme })
      await window.page.screenshot({
        path: join(pictures, `${name}-${colorScheme}.png`),
        fullPage: true,
      })
    }
  }

  test('an auditor drops a pack and reads the lines the program prints, under a strict policy', async () => {
    const said = await verify(
      [named('pack.zip', await zipOf(files)), named('trusted.policy', Buffer.from(policy))],
      key.vkey,
    )
    match(said, /Proven: nothing is missing/)
    match(said, /600 entries of 600 come to exactly the root/)
    match(said, /whom your policy names/)
    match(said, /2, witnessed: tamper-evident/)
    await picture('proven')
    await demandAccessible(window.page, 'verify, proven')
    deepEqual(window.complaints, [])
  })

  test('a changed entry is shown as wrong, by its place', async () => {
    const bundle = Buffer.from(files.get('tile/entries/001')!)
    bundle[100]! ^= 1
    const changed = new Map(files).set('tile/entries/001', bundle)
    const said = await verify([named('pack.zip', await zipOf(changed))], key.vkey)
    match(said, /Not sound/)
    match(said, /Entry 256 and the hash in its place differ/)
    await demandAccessible(window.page, 'verify, refuted')
    await picture('refuted')
  })

  test('without a key from outside it proves nothing of whose log it is', async () => {
    const kept = signedCheckpoint(key, 0, Buffer.from(hash('sha256', '', 'buffer')))
    const said = await verify(
      [named('pack.zip', await zipOf(files)), named('kept', Buffer.from(kept))],
      '',
    )
    match(said, /Incomplete/)
    match(said, /That key stands in the pack itself/)
    match(said, /The checkpoint you kept, of 0 entries, is the beginning/)
    await picture('incomplete')
  })

  test('the page tells the digest of the file it runs, which is the one that is given out', async () => {
    const file = readFileSync('verifier/holdfast-verify.mjs')
    await window.page.goto(`https://localhost:${house.settings.port}/verify`)
    const shown = window.page.locator('#digest')
    await window.page.waitForFunction('document.querySelector("#digest").textContent.length > 1')
    equal(await shown.innerText(), hash('sha256', file))
    const given = await house.request('/verify/holdfast-verify.mjs')
    equal(hash('sha256', given.body), hash('sha256', file))
    ok(given.headers['content-security-policy']!.includes("script-src 'self'"))
  })
})
