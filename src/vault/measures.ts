import { randomBytes } from 'node:crypto'
import {
  type Check,
  type HouseAsk,
  type HouseCross,
  type Measure,
  type Probe,
  Refusal,
  Sealed,
} from '#kernel'
import { hourMs } from '#ground'
import { newSubjectKeys, openRecord, subjectKeys } from '#keys'
import { createController } from './controllers/acts.ts'
import {
  canaryCategory,
  canaryController,
  canaryPurpose,
  canaryTerms,
} from './controllers/canary-acts.ts'
import { eraseSubject } from './erasure/acts.ts'
import { putRecords } from './records/put-acts.ts'
import { readSubjects } from './records/read-acts.ts'
import { liveRecords } from './records/store.ts'
import { tallyRequests } from './requests/store.ts'
import { longestRetention, toleranceHours } from './retention/retention.ts'
import { lags } from './retention/store.ts'
import { recordContext } from './subjects/subject.ts'
import { verifyRecords } from './verification/acts.ts'
import { verifiedControllers } from './verification/store.ts'

const action = 'vault.measure.check'
const verifyAction = 'vault.record.verify'

/** Tries what must be refused. Answers with the refusal's code; a fault is no answer. */
async function refusedBy(deed: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await deed()
    return undefined
  } catch (error) {
    if (error instanceof Refusal) return error.code
    throw error
  }
}

/** A probe of several attempts: refused only where each was, each with the code it must have. */
function probeOf(
  tried: string,
  answers: readonly (string | undefined)[],
  expected: string[],
): Probe {
  const refused = expected.every((code, i) => answers[i] === code)
  return { tried, answer: answers.map((code) => code ?? 'accepted').join(', '), refused }
}

const hours = (value: number) => `${value.toFixed(1)} h`

const storageLimitation: Check = async (cross, _world, now) => {
  const tooLittle = await refusedBy(() => offer(cross, 0))
  const tooLong = await refusedBy(() => offer(cross, longestRetention + 1))
  const probe = probeOf(
    `agreeing on data kept 0 days, and on data kept ${longestRetention + 1} days`,
    [tooLittle, tooLong],
    ['vault.retention-not-positive', 'vault.retention-too-long'],
  )
  const all = await cross({ action, effect: 'read' }, (act) => lags(act.sql, now))
  const late = all.filter(({ overdueHours }) => overdueHours > toleranceHours)
  const worst = all.reduce((most, { overdueHours }) => Math.max(most, overdueHours), 0)
  const held = all.reduce((sum, lag) => sum + lag.held, 0)
  return {
    holds: late.length === 0 && probe.refused,
    finding:
      late.length === 0
        ? `No record of ${all.length} controllers is more than ${toleranceHours} h past its erasure date.`
        : `${late.length} of ${all.length} controllers have records up to ${hours(worst)} past their erasure date.`,
    n: all.length - late.length,
    of: all.length,
    facts: { overdueHours: worst, toleranceHours, keptByLegalHold: held },
    probe,
  }
}

/** Asks for a controller whose contract keeps data so long; all of it is rolled back when refused. */
const offer = (cross: HouseCross, retainDays: number) =>
  cross({ action }, (act) => createController(act, canaryTerms(retainDays)))

const erasure: Check = async (cross) => {
  const { controllerId } = await canaryController(cross, action)
  const inside = canaryAsk(controllerId)
  const word = randomBytes(16).toString('hex')
  const subjectId = await cross(inside, async (act) => {
    const row = { subjectKey: `canary-${word}`, category: canaryCategory, fields: { word } }
    return (await putRecords(act, [row]))[0]!.subjectId
  })
  const readBack = () =>
    cross({ ...inside, effect: 'read' }, (act) => readSubjects(act, [subjectId]))
  const before = (await readBack())[0]?.records[0]?.fields['word']
  // Bit 0: the canary's contract has one category.
  const [copy] = await cross({ ...inside, effect: 'read' }, (act) =>
    liveRecords(act.sql, controllerId, [subjectId], [0], act.now),
  )
  const erased = await cross(inside, (act) => eraseSubject(act, subjectId, 'canary of a check'))
  const afterwards = await refusedBy(readBack)
  const copyOpens = await refusedBy(() =>
    cross({ ...inside, effect: 'read' }, async (act) => {
      const key = (await subjectKeys(act, [subjectId])).get(subjectId)!
      return new Sealed((receipt) => openRecord(receipt, key, recordContext(copy!), copy!.sealed))
    }),
  )
  // The ledger of destroyed keys knows the subject: it cannot be given a key a second time.
  const ledger = await refusedBy(() => cross(inside, (act) => newSubjectKeys(act, [subjectId])))
  const probe = probeOf(
    'reading an erased canary back, opening a copy of its ciphertext taken before, giving it a new key',
    [afterwards, copyOpens, ledger],
    ['vault.subject-erased', 'keys.no-subject-key', 'keys.subject-has-key'],
  )
  const isWhole = before === word && copy !== undefined
  const isLedgered = erased.records === 1 && erased.keys.length === 1
  const holds = isWhole && isLedgered && probe.refused
  return {
    holds,
    finding: holds
      ? 'A canary put in, read and erased could not be read back, and a copy of its ciphertext opens no more.'
      : 'A canary was not erased as it must be.',
    n: holds ? 1 : 0,
    of: 1,
    facts: {
      readBefore: before === word,
      keysDestroyed: erased.keys.length,
      keyIds: erased.keys.map(({ keyId }) => keyId),
      goneFromBackupsBy: erased.goneFromBackupsBy.toISOString(),
    },
    probe,
  }
}

const minimisation: Check = async (cross) => {
  const { controllerId } = await canaryController(cross, action)
  const inside = canaryAsk(controllerId)
  const put = (category: string, field: string) =>
    refusedBy(() =>
      cross(inside, (act) =>
        putRecords(act, [{ subjectKey: 'minimisation', category, fields: { [field]: 'more' } }]),
      ),
    )
  const answers = [await put(canaryCategory, 'another'), await put('another', 'word')]
  const expected = ['vault.unknown-field', 'vault.unknown-category']
  const probe = probeOf(
    'storing a field, and a category, that the contract does not name',
    answers,
    expected,
  )
  const refused = expected.filter((code, i) => answers[i] === code).length
  return {
    holds: probe.refused,
    finding: probe.refused
      ? 'Data outside the contract is refused, by field and by category.'
      : 'Data outside the contract was accepted.',
    n: refused,
    of: expected.length,
    facts: { answers: answers.map((code) => code ?? 'accepted') },
    probe,
  }
}

const subjectRequests: Check = async (cross, _world, now) => {
  const { open, overdue, ended, late } = await cross({ action, effect: 'read' }, (act) =>
    tallyRequests(act.sql, now),
  )
  const all = open + ended
  return {
    holds: overdue === 0,
    finding:
      all === 0
        ? 'No data subject has asked for anything within a year.'
        : `${open} requests of data subjects are open, ${overdue} of them past their day; of ${ended} ended within a year ${late} were late.`,
    n: all - overdue - late,
    of: all,
    facts: { open, overdue, ended, late },
  }
}

/** A walk that began is ended; no other begins after this long in one check. */
const longestWalksMs = 60_000
const walkEveryHours = 23
/** Nobody may have gone longer without being looked at. */
const walkWithinHours = 72

const recordIntegrity: Check = async (cross, _world, now) => {
  const hoursAgo = (count: number) => new Date(now.getTime() - count * hourMs)
  const every = hoursAgo(walkEveryHours)
  const all = () => cross({ action, effect: 'read' }, (act) => verifiedControllers(act.sql))
  const began = performance.now()
  for (const { controllerId, verifiedAt } of await all()) {
    if (verifiedAt !== null && verifiedAt > every) continue
    if (performance.now() - began > longestWalksMs) break
    const scope = { controllerId }
    const steps = verifyRecords(
      (deed, effect = 'write') => cross({ action: verifyAction, scope, effect }, deed),
      controllerId,
    )
    // One that leaves meanwhile is looked at no more.
    await lastOf(steps).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error
    })
  }
  const seen = await all()
  const within = hoursAgo(walkWithinHours)
  const late = seen.filter(({ verifiedAt, createdAt }) => (verifiedAt ?? createdAt) <= within)
  const differing = seen.filter(({ open }) => open > 0)
  const open = differing.reduce((sum, one) => sum + one.open, 0)
  const records = seen.reduce((sum, one) => sum + one.records, 0)
  const uncertain = seen.reduce((sum, one) => sum + one.uncertain, 0)
  const good = seen.filter((one) => !late.includes(one) && !differing.includes(one))
  return {
    holds: open === 0 && late.length === 0,
    finding: [
      open === 0
        ? `All ${records} records of ${seen.length} controllers are what the entries of the trail say.`
        : `${open} records of ${differing.length} controllers are not what the entries of the trail say.`,
      ...(uncertain === 0
        ? []
        : [`Of ${uncertain}, entries of an earlier release leave open which version that is.`]),
      ...(late.length === 0
        ? []
        : [`${late.length} controllers were not looked at within ${walkWithinHours} h.`]),
    ].join(' '),
    n: good.length,
    of: seen.length,
    facts: {
      records,
      open,
      uncertain,
      late: late.length,
      controllers: differing.map(({ controllerId }) => controllerId),
    },
  }
}

async function lastOf(steps: AsyncGenerator<unknown, unknown>): Promise<void> {
  while ((await steps.next()).done !== true) continue
}

const canaryAsk = (controllerId: string): HouseAsk => ({
  action,
  scope: { controllerId },
  purpose: canaryPurpose,
  reason: 'a check of the annex, on a canary of its own',
})

export const measures: readonly Measure[] = [
  {
    id: 'vault.storage-limitation',
    lines: ['B14'],
    statement: 'Personal data is erased once the time its contract gives it is over.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: storageLimitation,
  },
  {
    id: 'vault.erasure',
    lines: ['B14'],
    statement:
      'An erased person is gone: the keys are destroyed, and what was copied before stays unreadable.',
    class: 'enforced',
    references: [],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: erasure,
  },
  {
    id: 'vault.minimisation',
    lines: [],
    statement: 'Nothing is kept about a person that the contract does not name.',
    class: 'enforced',
    references: ['GDPR Art. 5(1)(c)', 'GDPR Art. 25(2)', 'ISO/IEC 27701:2019 7.4.1'],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: minimisation,
  },
  {
    id: 'vault.subject-requests',
    lines: [],
    statement:
      'What data subjects ask for is passed to their controller, done as it instructs, and ended in time.',
    class: 'measured',
    references: ['GDPR Art. 12(3)', 'GDPR Art. 28(3)(e)'],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: subjectRequests,
  },
  {
    id: 'vault.record-integrity',
    lines: [],
    statement:
      'Every record is the one last stored: none goes back to an earlier state, comes back or vanishes without an entry.',
    class: 'measured',
    references: ['GDPR Art. 5(1)(f)', 'NIST SP 800-53 SI-7'],
    freshFor: { hours: 24 },
    every: { minutes: 60 },
    check: recordIntegrity,
  },
]
