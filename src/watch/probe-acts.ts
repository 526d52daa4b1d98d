import { minuteMs, newId } from '#ground'
import type { Act } from '#kernel'
import { createWorkload, grantRole, issueCredential, revokeCredential } from '#identity'
import {
  type Controller,
  createController,
  eraseSubject,
  listControllers,
  putRecords,
  subjectOrdinals,
} from '#vault'
import { deleteCanary, deleteProbeActor, insertCanaries, insertProbeActor } from './canary-store.ts'
import { newestProbeFinding, settle } from './finding-store.ts'
import type { Finding } from './finding.ts'

/** A workload of a check's own that may read the hidden controller, and nothing else. */
export interface ProbeWorkload {
  readonly controller: Controller
  readonly workloadId: string
  readonly credentialId: string
  readonly token: string
}

/** Stands up what the probe needs. Its findings are marked as a check's own, and open no incident. */
export async function standUp(act: Act): Promise<ProbeWorkload> {
  const controller = await hiddenController(act)
  const { workloadId } = await createWorkload(act, { name: `canary ${newId()}`, canary: true })
  await grantRole(act, {
    actorId: workloadId,
    role: 'support',
    controllers: [controller.controllerId],
    categories: null,
    purposes: null,
    expiresAt: null,
  })
  const expiresAt = new Date(act.now.getTime() + 5 * minuteMs)
  const issued = await issueCredential(act, workloadId, { label: 'canary', expiresAt })
  await insertProbeActor(act.sql, { actorKind: 'workload', actorId: workloadId })
  return { controller, workloadId, ...issued }
}

async function hiddenController(act: Act): Promise<Controller> {
  const standing = (await listControllers(act.sql, true)).find(
    ({ hidden, state }) => hidden && state === 'active',
  )
  if (standing !== undefined) return standing
  return createController(act, {
    name: 'Holdfast canary',
    categories: [
      { name: 'canary', fields: [{ name: 'word', kind: 'text', searchable: true }], retainDays: 1 },
    ],
    purposes: [{ name: 'proof', categories: ['canary'] }],
    breachContacts: [],
    synthetic: true,
    hidden: true,
  })
}

/** Plants one canary in the hidden controller, by the act's purpose. @returns its subject. */
export async function plantOne(act: Act, { controller }: ProbeWorkload): Promise<string> {
  const [category] = controller.categories
  const fields = Object.fromEntries(category!.fields.map(({ name }) => [name, newId()]))
  const row = { subjectKey: newId(), category: category!.name, fields }
  const before = act.touched.length
  const [stored] = await putRecords(act, [row])
  const { subject } = act.touched.slice(before)[0]!
  await insertCanaries(act.sql, controller.controllerId, [subject], act.now)
  return stored!.subjectId
}

/** The finding the probe's reading has led to, if the watch has come to it. */
export const probeFinding = (
  { sql }: Act,
  { workloadId }: ProbeWorkload,
): Promise<Finding | undefined> => newestProbeFinding(sql, workloadId)

/** Takes the probe's planted canary away again. */
export async function uproot(act: Act, probe: ProbeWorkload, subjectId: string): Promise<void> {
  const { controllerId } = probe.controller
  const ordinals = await subjectOrdinals(act.sql, controllerId, [subjectId])
  await eraseSubject(act, subjectId, 'canary of a check')
  for (const ordinal of ordinals.values()) await deleteCanary(act.sql, controllerId, ordinal)
}

/** Ends the probe's workload and settles its finding. Identity removes such workloads in time. */
export async function standDown(act: Act, probe: ProbeWorkload): Promise<void> {
  const { workloadId, credentialId } = probe
  await revokeCredential(act, credentialId)
  const finding = await newestProbeFinding(act.sql, workloadId)
  if (finding !== undefined) {
    const { findingId } = finding
    const by = { now: act.now, by: act.actor.id, reason: null }
    await settle(act.sql, { findingId, from: ['open'], to: 'closed', ...by })
  }
  await deleteProbeActor(act.sql, workloadId)
}
