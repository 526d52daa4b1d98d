import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { readSettings, settingsEnvironment, settingsPage, table } from './settings.ts'

/** A working directory whose `var/holdfast.json` says this. */
function cwdWith(t: TestContext, json: string): string {
  const cwd = mkdtempSync(join(tmpdir(), 'holdfast-settings-'))
  t.after(() => rmSync(cwd, { recursive: true }))
  mkdirSync(join(cwd, 'var'))
  writeFileSync(join(cwd, 'var/holdfast.json'), json)
  return cwd
}

const refused = (message: RegExp) => ({ name: 'SettingsError', message })

test('without anything set the data lies in ./var and only this machine can connect', () => {
  const settings = readSettings({}, '/nowhere')
  assert.equal(settings.dataDir, '/nowhere/var')
  assert.equal(settings.host, '127.0.0.1')
  assert.equal(settings.port, 8443)
  assert.equal(settings.publicUrl, 'https://localhost:8443')
  assert.equal(settings.databaseUrl, undefined)
})

test('the public address follows the port unless it is given', () => {
  assert.equal(readSettings({ HOLDFAST_PORT: '9000' }, '/').publicUrl, 'https://localhost:9000')
  const given = { HOLDFAST_PORT: '9000', HOLDFAST_PUBLIC_URL: 'https://holdfast.example/' }
  assert.equal(readSettings(given, '/').publicUrl, 'https://holdfast.example')
})

test('the environment outranks holdfast.json, and an empty variable counts as none', (t) => {
  const cwd = cwdWith(
    t,
    '{"port": 7001, "upstreamPort": 7003, "processorName": "Ada Ltd", "contactPoint": "dpo@ada.example"}',
  )
  const settings = readSettings({ HOLDFAST_PORT: '7002', HOLDFAST_CONTACT_POINT: '' }, cwd)
  assert.equal(settings.port, 7002)
  assert.equal(settings.upstreamPort, 7003)
  assert.equal(settings.processorName, 'Ada Ltd')
  assert.equal(settings.contactPoint, 'dpo@ada.example')
})

test('a name nobody knows is refused by name, in the environment and in the file', (t) => {
  assert.throws(() => readSettings({ HOLDFAST_PROT: '1' }, '/'), refused(/^HOLDFAST_PROT is no/))
  const cwd = cwdWith(t, '{"prot": 1}')
  assert.throws(() => readSettings({}, cwd), refused(/prot is no setting/))
})

test('the file cannot move the data directory it lies in', (t) => {
  const cwd = cwdWith(t, '{"dataDir": "/elsewhere"}')
  assert.throws(() => readSettings({}, cwd), refused(/dataDir is no setting/))
})

test('a file that is no JSON object is refused', (t) => {
  assert.throws(() => readSettings({}, cwdWith(t, '{')), refused(/is not JSON/))
  assert.throws(() => readSettings({}, cwdWith(t, '[]')), refused(/one JSON object/))
  assert.throws(() => readSettings({}, cwdWith(t, '{"host": 5}')), refused(/host must be a string/))
})

test('values that cannot be used are refused, never mended', () => {
  const wrong: Record<string, string[]> = {
    HOLDFAST_PORT: ['0', '65536', '80a', '-1', '1e3'],
    HOLDFAST_UPSTREAM_PORT: ['0', 'next'],
    HOLDFAST_HOST: ['localhost', '127.0.0.1:80'],
    HOLDFAST_PUBLIC_URL: [
      'http://a.example',
      'https://a.example/path',
      'a.example',
      'https://u@a.example',
    ],
    HOLDFAST_UPSTREAM: ['ftp://a.example', 'http://127.0.0.1:3000/app'],
    DATABASE_URL: ['mysql://root:hunter2@localhost/x'],
  }
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      assert.throws(
        () => readSettings({ [name]: value }, '/'),
        refused(new RegExp(`^${name} must`)),
      )
    }
  }
})

test('a refused DATABASE_URL does not repeat its password', () => {
  const env = { DATABASE_URL: 'mysql://root:hunter2@localhost/x' }
  assert.throws(
    () => readSettings(env, '/'),
    (error: Error) => !error.message.includes('hunter2'),
  )
})

test('a certificate without its key, or mail without a sender, is refused', () => {
  assert.throws(
    () => readSettings({ HOLDFAST_TLS_CERT_FILE: 'c' }, '/'),
    refused(/KEY_FILE as well/),
  )
  assert.throws(
    () => readSettings({ HOLDFAST_TLS_KEY_FILE: 'k' }, '/'),
    refused(/CERT_FILE as well/),
  )
  assert.throws(() => readSettings({ HOLDFAST_SMTP_FILE: 's' }, '/'), refused(/MAIL_FROM as well/))
})

test('paths are taken from the working directory', () => {
  const env = { HOLDFAST_OFFSITE: '../mount', HOLDFAST_DATA: 'data' }
  const { offsiteDir, dataDir } = readSettings(env, '/srv/holdfast')
  assert.equal(offsiteDir, '/srv/mount')
  assert.equal(dataDir, '/srv/holdfast/data')
})

test('settings handed on as an environment are read the same in another directory', (t) => {
  const cwd = cwdWith(t, '{"processorName": "Ada Ltd", "offsiteDir": "mount"}')
  const env = {
    HOLDFAST_PORT: '9000',
    HOLDFAST_UPSTREAM: 'http://127.0.0.1:3000',
    HOLDFAST_SMTP_FILE: 'smtp',
    HOLDFAST_MAIL_FROM: 'a@ada.example',
  }
  const settings = readSettings(env, cwd)
  assert.deepEqual(readSettings(settingsEnvironment(settings), '/'), settings)
})

test('every setting stands in the table once', () => {
  const keys = Object.keys(readSettings({}, '/'))
  assert.deepEqual(table.map(({ key }) => key).sort(), keys.sort())
  assert.equal(new Set(table.map(({ env }) => env)).size, table.length)
})

test('docs/settings.md says what the table says', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/settings.md'), 'utf8')
  assert.equal(page, settingsPage())
})
