import { existsSync } from 'node:fs'
import { Socket } from 'node:net'
import { administratorsExist, createEnrolment } from '#identity'
import { Refusal, type SpaceNow } from '#kernel'
import { readSettings, SettingsError } from '#ground'
import { faultLine } from './fault-line.ts'
import { openHouse } from './house.ts'
import { tendOlder } from './older.ts'
import { unfinishedMark } from './restore.ts'

/** The house does not open, and a person can mend why. */
class Refused extends Error {
  override readonly name = 'Refused'
}

/** The server process: started by the supervisor, under Node's permission model, with IPC to it. */
const settings = readSettings(process.env, process.cwd())
const databaseUrl = process.env['HOLDFAST_APP_URL'] ?? settings.databaseUrl
const house = await opened().catch((error: unknown) => {
  process.stderr.write(`Holdfast cannot open: ${sentenceOf(error)}\n`)
  process.exit(1)
})
const sealed = house.keyring.sealedWhy
process.send?.({
  ready: true,
  url: house.url,
  ...(sealed === undefined ? await firstEnrolment() : { sealed }),
})
void house.opened.then(tellCustody).catch((error: unknown) => onFault(error, 'telling of custody'))

/** Everything up to the open door. */
async function opened() {
  if (databaseUrl === undefined) throw new Refused('start it with npm start.')
  if (existsSync(unfinishedMark(settings.dataDir)))
    throw new Refused(
      `the restore into ${settings.dataDir} was cut off, so it may know again what was erased; clear the directory and restore once more.`,
    )
  const parts = await openHouse({ settings, databaseUrl, keeperChannel: keeperChannel(), onFault })
  const { database, keyring, threshold } = parts
  const tend = () =>
    tendOlder({ database, settings, cross: threshold.asHouse }, { withLedger: true })
  // Before the first request. Sealed, nothing of it can be written yet, and nobody's data opens either.
  if (keyring.sealedWhy === undefined) await tend()
  else void parts.opened.then(tend).catch((error: unknown) => onFault(error, 'older rows'))
  const { url } = await parts.listen(settings.port)
  await parts.work()
  return { ...parts, url }
}

/** While nobody administers this house, each start makes a new one-time link; older ones end. */
async function firstEnrolment(): Promise<{ enrolment?: string }> {
  const token = await house.threshold.asHouse({ action: 'identity.enrolment.begin' }, async (act) =>
    (await administratorsExist(act.sql))
      ? undefined
      : createEnrolment(act, { kind: 'first-administrator', roleNames: ['administrator'] }),
  )
  // After `#` it never leaves the browser: no log on the way can hold it.
  return token === undefined ? {} : { enrolment: `${settings.publicUrl}/enrol#${token}` }
}

/** The way to the key process, inherited from the supervisor where a token keeps the root. */
function keeperChannel(): Socket | undefined {
  const fd = process.env['HOLDFAST_KEEPER_FD']
  return fd === undefined
    ? undefined
    : new Socket({ fd: Number(fd), readable: true, writable: true })
}

/** Each opening of the root leaves an entry: who keeps it, and which version it is. */
async function tellCustody(): Promise<void> {
  await house.threshold.asHouse({ action: 'keys.root.open', effect: 'read' }, async (act) => {
    const { kind, sentence } = house.keyring.custody()
    act.tell({ kind, sentence, rootVersion: house.keyring.rootVersions().at(-1)?.version })
  })
  if (sealed !== undefined) process.send?.({ unsealed: true, ...(await firstEnrolment()) })
}

// How much space there is only the supervisor sees: the database's directory is not ours to look at.
process.on('message', ({ space }: { space?: SpaceNow }) => {
  if (space !== undefined) house.noteSpace(space)
})

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await house.close().catch((error: unknown) => onFault(error, 'closing'))
  process.exit(0)
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop())
// Without the supervisor nobody would stop PostgreSQL or start us again.
process.on('disconnect', () => void stop())
process.on('unhandledRejection', (error) => onFault(error, 'a promise nobody waited for'))

/** One line on stderr per fault. */
function onFault(error: unknown, about: string): void {
  if (error instanceof Refusal) return
  process.stderr.write(`${faultLine(error, about, new Date())}\n`)
}

/** What a person can do something about, in a sentence; a fault of ours with all we know of it. */
function sentenceOf(error: unknown): string {
  const { code, message, stack } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `port ${settings.port} is taken by another program; set HOLDFAST_PORT to a free one.`
  if (code === 'EACCES')
    return `port ${settings.port} is not ours to open; set HOLDFAST_PORT above 1023.`
  const mendable = [Refusal, Refused, SettingsError].some((kind) => error instanceof kind)
  return mendable ? message : (stack ?? message)
}
