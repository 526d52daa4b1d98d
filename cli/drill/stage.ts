import type { Client } from '../client.ts'
import type { Progress } from '../progress.ts'
import { ndjson, people } from './people.ts'

/** One made-up controller of the exercise. */
export interface StageController {
  readonly controllerId: string
  readonly name: string
  readonly subjects: number
}

export interface Stage {
  readonly controllers: readonly [StageController, StageController, StageController]
  readonly workloadId: string
  readonly credentialId: string
  /** The credential that is stolen later. */
  readonly token: string
  readonly roleName: string
}

export const purpose = 'support'
const canaries = 60

/** Contract of a made-up controller. */
const contract = (name: string) => ({
  name,
  synthetic: true,
  country: 'DE',
  noticeHours: 24,
  subjectKinds: ['customers'],
  categories: [
    {
      name: 'contact',
      retainDays: 30,
      fields: [
        { name: 'name', kind: 'text' },
        { name: 'email', kind: 'email', searchable: true },
        { name: 'phone', kind: 'phone' },
      ],
    },
    { name: 'payment', retainDays: 30, fields: [{ name: 'iban', kind: 'identifier' }] },
  ],
  purposes: [{ name: purpose, categories: ['contact', 'payment'] }],
  breachContacts: [{ name: 'Drill', email: 'drill@example.org' }],
})

/** Makes controllers, people, canaries, and an application with a credential. */
export async function setStage(
  client: Client,
  {
    subjects,
    seed,
    stamp,
    progress,
  }: { subjects: number; seed: number; stamp: string; progress: Progress },
): Promise<Stage> {
  const shares = [Math.ceil(subjects * 0.4), Math.ceil(subjects * 0.4)]
  shares.push(subjects - shares[0]! - shares[1]!)
  const controllers: StageController[] = []
  let stored = 0
  for (const [i, count] of shares.entries()) {
    const name = `Drill ${stamp} ${'ABC'[i]}`
    const { controllerId } = await client.call<{ controllerId: string }>(
      'POST',
      '/v1/controllers',
      {
        json: contract(name),
      },
    )
    const bring = async (category: string, fields: Record<string, string>, paying: boolean) => {
      const mapping = JSON.stringify({ subjectKey: 'no', category, fields })
      const query = new URLSearchParams({ mapping })
      const made = [...people(seed + i, count)].filter(({ iban }) => !paying || iban !== undefined)
      const report = await client.call<{ rowsStored: number; rowsRejected: number }>(
        'POST',
        `/v1/controllers/${controllerId}/imports?${query.toString()}`,
        { stream: { type: 'application/x-ndjson', body: ndjson(made) }, headers: why },
      )
      if (report.rowsStored !== made.length)
        throw new Error(`${report.rowsRejected} made-up rows were rejected`)
      stored += made.length
      progress.update(stored, Math.ceil((subjects * 4) / 3), 'records of made-up people')
    }
    await bring('contact', { name: 'name', email: 'email', phone: 'phone' }, false)
    await bring('payment', { iban: 'iban' }, true)
    await client.call('POST', `/v1/controllers/${controllerId}/canaries`, {
      json: { count: canaries },
      headers: why,
    })
    controllers.push({ controllerId, name, subjects: count })
  }
  const application = await makeApplication(client, stamp, controllers)
  return { controllers: controllers as never, ...application }
}

export const why = { 'holdfast-purpose': purpose, 'holdfast-reason': 'breach drill' }

/** An application that may read two of the three controllers, as such applications may. */
async function makeApplication(client: Client, stamp: string, made: readonly StageController[]) {
  const roleName = `drill-${stamp}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '-')
    .slice(0, 50)
  await client.call('POST', '/v1/roles', {
    json: {
      name: roleName,
      description: 'Made-up application of a breach drill.',
      actions: ['vault.subject.list', 'vault.subject.find', 'vault.record.read'],
    },
  })
  const { workloadId } = await client.call<{ workloadId: string }>('POST', '/v1/workloads', {
    json: { name: `Drill application ${stamp}` },
  })
  const readable = made.slice(0, 2).map(({ controllerId }) => controllerId)
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const confined = { role: roleName, controllers: readable, categories: null, expiresAt }
  for (const purposes of [[purpose], null])
    await client.call('POST', '/v1/grants', {
      // Listing pseudonyms names no purpose; reading does. Two grants keep both as narrow as they can be.
      json: { actorId: workloadId, ...confined, purposes },
    })
  const issued = await client.call<{ credentialId: string; token: string }>(
    'POST',
    `/v1/workloads/${workloadId}/credentials`,
    { json: { label: 'drill', expiresAt } },
  )
  return { workloadId, roleName, ...issued }
}

/** Takes everything down again. What was told in the trail stays told. */
export async function strikeStage(client: Client, stage: Stage): Promise<void> {
  await client.call('POST', `/v1/workloads/${stage.workloadId}/disable`)
  for (const { controllerId, name } of stage.controllers)
    await client.call('POST', `/v1/controllers/${controllerId}/leave`, {
      json: { name, waiver: 'made for a drill: nobody is owed anything' },
    })
}
