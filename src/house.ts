import { join } from 'node:path'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import {
  type Certificates,
  consoleHeaders,
  guardConnections,
  hostsOf,
  type Limits,
  openCertificates,
  openAssertionKey,
  openDoor,
  openUpstream,
  renewWhileServing,
  tlsOptions,
} from '#gate'
import { appRole, Database, openMail, openObjects, selfFetch, withSnapshot } from '#ground'
import {
  type Actor,
  anonymous,
  house,
  Refusal,
  type Settings,
  type SpaceNow,
  type World,
} from '#kernel'
import {
  identifyWith,
  rightsNowWith,
  mayWith,
  openActionsOf,
  openAuthority,
  showsCredential,
  trustedAuthorities,
} from '#identity'
import type { Keyring, KeyringOptions } from '#keys'
import {
  accountOnce,
  type Accounts,
  AccountTally,
  anchorTurns,
  copyOnce,
  houseLog,
  integrateOnce,
  isPublicFile,
  makeFindable,
  ReceiptDesk,
  rootLog,
} from '#trail'
import manifest from '../package.json' with { type: 'json' }
import { openConsole } from './console-files.ts'
import { startWork, type Workers } from './jobs.ts'
import { Leader } from './leader.ts'
import { isOperator, listen, listenForOperator, type Listening } from './listener.ts'
import { tendOlder } from './older.ts'
import { jobs, loops, routes } from './rooms.ts'
import { addPlainRoutes } from './plain-routes.ts'
import { addressOf, recognise } from './recognise.ts'
import { buildServer } from './server.ts'
import { makeThreshold, type Threshold } from './threshold.ts'
import { beginUnsealing } from './unsealing.ts'
import { listenForUpstream } from './upstream-door.ts'
import { serveVerifier } from './verifier-page.ts'
import { certificateShown, listenForWorkloads } from './workload-door.ts'

export interface HouseOptions {
  readonly settings: Settings
  /** A connection string whose login may take on the app role. */
  readonly databaseUrl: string
  readonly clock?: () => Date
  readonly connections?: number
  readonly limits?: Limits
  /** How load is felt; default: by the event loop. No setting reaches it. */
  readonly delayMs?: () => number
  /** The way to the key process, where a token keeps the root. */
  readonly keeperChannel?: Duplex | undefined
  /** How dear the software root's passphrase is to try. No setting reaches it. */
  readonly passphraseCost?: KeyringOptions['passphraseCost']
  /** Loops that are not turned, by action. No setting reaches it. */
  readonly without?: readonly string[]
  /** Told of every fault of ours. Never of refusals, never with anything secret. */
  readonly onFault: (error: unknown, about: string) => void
}

/** The whole house, put together: one per process in service, several in tests. */
export interface House {
  readonly settings: Settings
  readonly database: Database
  readonly keyring: Keyring
  readonly threshold: Threshold
  readonly world: World
  readonly app: FastifyInstance
  /** PEM of the CA that a client of the listener must trust. */
  readonly ca: string
  /** Opens the door to the network, and the operator's. Port 0 takes a free one. */
  listen(port: number): Promise<Listening>
  /** Resolves once who keeps the root has opened the keyring: mostly at once. */
  readonly opened: Promise<void>
  /** Turns loops and queue from now on, or from when the keyring is open. */
  work(): Promise<void>
  /** Gives every waiting entry its place in its tree, now. */
  integrate(): Promise<void>
  /** What was opened and answered since it was last held against the trail. */
  readonly accounts: Accounts
  /** Tells the house how much space there is; without enough it takes nothing on. */
  noteSpace(space: SpaceNow): void
  /** Has the workloads' door trust the authorities of now: one that was made, not one that has ended. */
  trustAuthorities(): Promise<void>
  /** Copies what is new in the trail to the places outside, now. */
  copyTrail(): Promise<void>
  close(): Promise<void>
}

const root = join(import.meta.dirname, '..')

/** Each process looks by itself: a new authority signs nothing before an hour is over. */
const trustEveryMs = 600_000

export async function openHouse(options: HouseOptions): Promise<House> {
  const { databaseUrl: url, clock = () => new Date(), connections, limits, onFault } = options
  // The port taken is known only once it is; whoever probes the door must find it there.
  const settings = { ...options.settings }
  const { dataDir, offsiteDir, passphraseFile, keeperFile } = settings
  const database = new Database({
    url,
    role: appRole,
    ...(connections === undefined ? {} : { connections }),
  })
  const dir = join(dataDir, 'keys')
  const { keeperChannel } = options
  const { passphraseCost } = options
  const keys = {
    dir,
    offsiteDir,
    passphraseFile,
    passphraseCost,
    keeperFile,
    keeperChannel,
    now: clock,
  }
  const unsealing = await beginUnsealing({ database, keys, clock }).catch(
    async (error: unknown) => {
      await database.end()
      throw error
    },
  )
  const { keyring } = unsealing
  const certificateInput = {
    dataDir,
    hosts: hostsOf(settings.publicUrl),
    certFile: settings.tlsCertFile,
    keyFile: settings.tlsKeyFile,
  }
  let certificates = await openCertificates({ ...certificateInput, now: clock() })
  const threshold = makeThreshold({
    database,
    secrets: keyring,
    clock,
    may,
    onFault,
    hasRoom: () => space?.isShort !== true,
  })
  const { delayMs } = options
  const door = openDoor({
    ...(limits === undefined ? {} : { limits }),
    ...(delayMs === undefined ? {} : { delayMs }),
  })
  let listening: Listening | undefined
  let workers: Workers | undefined
  let space: SpaceNow | undefined
  let trustNow = async (): Promise<void> => undefined
  const closing: (() => unknown)[] = []
  const ending = new AbortController()
  const world: World = {
    settings,
    now: clock,
    fetch: selfFetch(
      () => listening && { host: listening.host, port: listening.port, ca: certificates.ca },
    ),
    mail: openMail(settings),
    objects: await openObjects(settings, clock),
    snapshot: (deed) => withSnapshot(database, deed),
    space: () => space,
    glance: (look) => look(database),
    closing: ending.signal,
  }
  const identify = identifyWith(database)
  const rightsNow = rightsNowWith(database)
  const { environment } = settings
  const identifyBy = ({ authorization, cookie }: IncomingHttpHeaders, socket: Socket) =>
    identify(
      {
        authorization,
        cookie,
        address: socket.remoteAddress,
        environment,
        certificate: certificateShown(socket),
      },
      clock(),
    )
  const who = async ({ socket, headers }: IncomingMessage) =>
    isOperator(socket)
      ? operator
      : recognise(door.admission, addressOf(socket), () => identifyBy(headers, socket))
  const accounts = { opened: keyring.uses, answered: new AccountTally() }
  const desk = new ReceiptDesk(database, keyring, () => settings.publicUrl, clock)
  const consoleFiles = openConsole(join(root, 'console/dist'), Object.fromEntries(consoleHeaders))
  const app = buildServer({
    ...(consoleFiles === undefined ? {} : { page: consoleFiles.page }),
    signed: (receipt) => desk.issue(receipt),
    sealedWhy: () => keyring.sealedWhy,
    answered: accounts.answered,
    routes,
    threshold,
    may,
    world,
    onFault,
    identify: async ({ raw }) =>
      isOperator(raw.socket) ? operator : identifyBy(raw.headers, raw.socket),
    rightsNow: (actor, { raw: { socket } }) =>
      rightsNow(actor, { address: socket.remoteAddress }, clock()),
    door,
    options: { https: tlsOptions(certificates) } as never,
  })
  addPlainRoutes(app, {
    sealedWhy: () => keyring.sealedWhy,
    routes,
    version: manifest.version,
    url: settings.publicUrl,
    database,
    mayWalk: async ({ raw }, log, path) => {
      const isPublic = isPublicFile(log, path)
      const actor = isPublic ? anonymous : await who(raw)
      await door.admission.enter({
        address: addressOf(raw.socket),
        actor,
        open: false,
        presents: !isOperator(raw.socket) && showsCredential(raw.headers),
      })
      if (isPublic) return
      const isOfHouse = log === houseLog || log === rootLog
      const scope = isOfHouse ? 'house' : { controllerId: log }
      const decision = may(actor, { action: 'trail.log.walk', scope, assurance: 2 })
      if (!decision.allowed)
        throw new Refusal(decision.code, actor.kind === 'anonymous' ? 401 : 403, decision.message)
    },
  })
  consoleFiles?.serve(app)
  serveVerifier(app, join(root, 'verifier'), Object.fromEntries(consoleHeaders))

  /** Keeps a listener's certificate fresh while it serves. */
  const keepRenewed = (server: Server) => {
    const onRenewed = (next: Certificates) => {
      certificates = next
    }
    const renewal = { input: certificateInput, serving: certificates, clock, onRenewed, onFault }
    closing.push(renewWhileServing(server, renewal))
  }

  async function openWorkloadDoor(port: number): Promise<void> {
    const authorities = await threshold.asHouse(
      { action: 'identity.authority.open' },
      openAuthority,
    )
    const { host } = settings
    const parts = { app, certificates, authorities, clock, host, port }
    const { server, port: taken, trust } = await listenForWorkloads(parts)
    settings.workloadPort = taken
    keepRenewed(server)
    trustNow = async () => trust(await trustedAuthorities(database, clock()))
    const timer = setInterval(() => {
      trustNow().catch((error: unknown) => onFault(error, 'trusting the authorities of now'))
    }, trustEveryMs)
    timer.unref()
    closing.push(
      () => clearInterval(timer),
      () => server.close(),
      () => server.closeAllConnections(),
    )
  }

  async function openUpstreamDoor(origin: string): Promise<void> {
    const upstream = openUpstream(origin)
    const assertionKey = await openAssertionKey(dataDir)
    const parts = {
      certificates,
      upstream,
      assertionKey,
      door,
      threshold,
      world,
      identify: identifyBy,
      onFault,
    }
    const { server, port } = await listenForUpstream(parts, settings.host, settings.upstreamPort)
    settings.upstreamPort = port
    keepRenewed(server)
    closing.push(
      () => server.close(),
      () => server.closeAllConnections(),
      () => upstream.close(),
    )
  }

  const integrate = async () => {
    const isMore = await integrateOnce(database, keyring, world, clock())
    return (await makeFindable(database)) || isMore
  }
  const copyTrail = () => copyOnce(database, keyring, world, clock())
  return {
    settings,
    database,
    keyring,
    threshold,
    accounts,
    world,
    app,
    ca: certificates.ca,
    async listen(port) {
      listening = await listen(app, settings.host, port)
      if (port === 0) Object.assign(settings, { port: listening.port, publicUrl: listening.url })
      guardConnections(app.server, clock)
      keepRenewed(app.server as unknown as Server)
      const operators = await listenForOperator(app, join(dataDir, 'run', 'holdfast.sock'))
      closing.push(() => operators.close())
      if (settings.upstream !== undefined) await openUpstreamDoor(settings.upstream)
      if (settings.workloadPort !== undefined) {
        // Its authority's key is sealed: while nobody has opened the keyring the other doors do not wait.
        const { workloadPort } = settings
        const opening = unsealing.opened.then(() =>
          ending.signal.aborted ? undefined : openWorkloadDoor(workloadPort),
        )
        opening.catch((error: unknown) => onFault(error, "opening the workloads' door"))
        if (keyring.sealedWhy === undefined) await opening
      }
      return listening
    },
    opened: unsealing.opened,
    async work() {
      const begin = async () => {
        if (ending.signal.aborted) return
        workers = await startWork({
          jobs,
          loops: loops.filter(({ action }) => options.without?.includes(action) !== true),
          database,
          cross: threshold.asHouse,
          world,
          leader: new Leader(url),
          integrate,
          copyTrail,
          anchors: [
            ...anchorTurns,
            {
              action: 'continuity.tend-older',
              everyMs: 10_000,
              once: (database, cross) =>
                tendOlder({ database, settings, cross }, { withLedger: false }),
            },
            {
              action: 'trail.account',
              everyMs: 10_000,
              everywhere: true,
              once: (database, cross, world) => accountOnce(database, cross, world, accounts),
            },
          ],
          onFault,
        })
      }
      if (keyring.sealedWhy === undefined) return begin()
      void unsealing.opened.then(begin).catch((error: unknown) => onFault(error, 'beginning work'))
    },
    async integrate() {
      while (await integrate());
    },
    noteSpace(now) {
      space = now
    },
    trustAuthorities: () => trustNow(),
    async copyTrail() {
      while (await copyTrail());
    },
    async close() {
      ending.abort()
      unsealing.stop()
      await workers?.stop()
      door.close()
      for (const close of closing) await close()
      await app.close()
      await database.end()
    },
  }
}

const may = mayWith(openActionsOf(routes))

/** Whoever holds the host's own account. `may` lets them administer, and keeps personal data from them. */
const operator: Actor = {
  id: 'operator',
  kind: 'operator',
  assurance: 2,
  grants: house.grants,
  label: 'operator on the host',
}
