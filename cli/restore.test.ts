import { equal } from 'node:assert/strict'
import { test } from 'node:test'
import { startOf } from './restore.ts'

const how = {
  file: '/b/one.age',
  keyring: '/b/keyring',
  to: '/srv/restored',
  passphraseFile: undefined,
  ledgers: [],
}
const globals = { url: undefined, tokenFile: undefined, json: false, env: {}, cwd: '/root' }

test('a restored house is started with the passphrase from where the restore had it', () => {
  const start = 'Start it with: HOLDFAST_DATA=/srv/restored'
  equal(startOf(how, globals), `${start} HOLDFAST_PASSPHRASE_FILE=/b/keyring/passphrase npm start`)
  equal(
    startOf({ ...how, passphraseFile: 'words' }, globals),
    `${start} HOLDFAST_PASSPHRASE_FILE=/root/words npm start`,
  )
  const env = { HOLDFAST_KEEPER_FILE: '/etc/keeper.json' }
  equal(startOf(how, { ...globals, env }), `${start} npm start`)
})
