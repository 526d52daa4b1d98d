import { dayMs } from '#ground'
import {
  type Act,
  type Evidence,
  type HouseCross,
  Receipt,
  Refusal,
  Sealed,
  type World,
} from '#kernel'
import { readKept } from './adapters/checkpoint-file.ts'
import { accountThings } from './receipts/account.ts'
import { type AccountCounts, accountsSince } from './receipts/account-store.ts'
import { overview } from './verification/overview-acts.ts'
import { hasEntry } from './verification/overview-store.ts'
import { changedCopies } from './anchors/copy-acts.ts'
import { probeStopped } from './refusals.ts'
import { seeAnchors, type SeenAnchor } from './anchors/acts.ts'
import { verifyTrail } from './verification/acts.ts'
import { findStray, readAccounts } from './verification/store.ts'

/** An entry that waits longer for its place than this is a fault of the integrator. */
const longestLagSeconds = 60

/** Leaves of each tree that a check recomputes; a full verification is a command. */
const checkedTail = 8192
/** A check in the background must not make requests wait. */
const shareOfTime = 0.25

/** What the app must not be able to do to what it has written. */
const forbidden = [
  "update trail.entry set action = 'trail.probe'",
  'delete from trail.entry',
  'truncate trail.entry',
  'delete from trail.sequence',
  'update trail.checkpoint set note = note',
] as const

/** For so long a bypass that was seen keeps the measure from holding. */
const countedDays = 7

/** PostgreSQL's insufficient_privilege. */
const refusedBySql = '42501'

/** Every entry is in its place, none can be changed, and an act that is stopped leaves its entry. */
export async function checkComplete(
  cross: HouseCross,
  _world: World,
  now: Date,
): Promise<Evidence> {
  const probe = 'trail.entry.probe'
  const opened = await stopAnAct(cross, probe)
  const seen = await cross({ action: 'trail.entry.check' }, async (act) => ({
    accounts: await readAccounts(act.sql),
    stray: await findStray(act.sql),
    answers: await tryForbidden(act),
    told: await hasEntry(act.sql, { action: probe, code: probeStopped().code, since: now }),
    counted: await accountsSince(act.sql, new Date(now.getTime() - countedDays * dayMs)),
    ...(await overview(act.sql, act.now)),
  }))
  const { accounts, stray, answers, told, lagSeconds, counted } = seen
  const missing = counted.reduce((sum, account) => sum + account.missing, 0)
  const { entries, sequenced, pending, grown } = accounts
  const balanced = stray === undefined && entries === sequenced + pending && sequenced === grown
  const refused = answers.every((answer) => answer === refusedBySql) && told && !opened
  return {
    holds: balanced && refused && missing === 0 && lagSeconds <= longestLagSeconds,
    finding: [
      balanced
        ? `All ${entries} entries are accounted for: ${sequenced} stand in their trees, ${pending} wait.`
        : `The entries do not add up: ${entries} were written, ${sequenced} stand in trees, ${pending} wait.`,
      ...counted.map(countedSentence),
      told ? 'An act that was stopped left its entry.' : 'An act that was stopped left no entry.',
      ...(lagSeconds > longestLagSeconds
        ? [`The oldest has waited ${Math.round(lagSeconds)} seconds for its place.`]
        : []),
    ].join(' '),
    n: Math.min(entries, sequenced + pending) - (stray === undefined ? 0 : 1),
    of: entries + missing,
    facts: { counted, entries, sequenced, pending, lagSeconds, answers, stoppedActTold: told },
    probe: {
      tried: `as the server's own database role: ${forbidden.join('; ')}; and to open sealed data in an act that did not commit`,
      answer: refused
        ? `PostgreSQL answered ${refusedBySql} to each; the sealed data stayed shut`
        : `answers: ${answers.join(', ')}; sealed data ${opened ? 'opened' : 'stayed shut'}`,
      refused,
    },
  }
}

/** Counted beside the trail, by those who open and those who answer, and held against its entries. */
function countedSentence({ kind, seen, looked, missing }: AccountCounts): string {
  const part = looked === seen ? '' : ` (${looked} of them looked up)`
  return missing === 0
    ? `Of ${seen} ${accountThings[kind]} in a week${part} each has its entry.`
    : `${missing} of ${seen} ${accountThings[kind]} in a week${part} have no entry: somebody went round the threshold.`
}

/** Recomputes the end of every tree, and shows that one changed bit in a copy does not pass. */
export async function checkTamperEvident(cross: HouseCross, world: World): Promise<Evidence> {
  const kept = await readKept(world.settings.dataDir)
  const { report, copies, stop, anchors, claim } = await cross(
    { action: 'trail.log.check', effect: 'read' },
    async (act) => ({
      report: await verifyTrail(act.sql, act.secrets, undefined, {
        tail: checkedTail,
        kept,
        share: shareOfTime,
      }),
      copies: await changedCopies(act.sql),
      stop: (await overview(act.sql, act.now)).stop,
      ...(await seeAnchors(act.sql, act.now)),
    }),
  )
  const late = anchors.filter(({ state }) => state === 'stale')
  const { trees, faults, sound } = report
  const wrong = new Set(faults.map(({ log }) => log))
  const checked = trees.reduce((sum, tree) => sum + tree.checked, 0)
  const detected = copies.passed.length === 0
  return {
    holds: sound && detected && stop === undefined && late.length === 0,
    finding: [
      sound
        ? `${checked} leaves of ${trees.length} trees were recomputed; roots, tiles and signatures agree.`
        : `The first fault is in ${faults[0]!.log}: ${faults[0]!.fault}`,
      ...(stop === undefined ? [] : [`Signing is stopped: ${stop.because}`]),
      ...late.map(lateSentence),
      `The log is ${claim.words}. ${claim.means}`,
    ].join(' '),
    n: trees.filter(({ log }) => !wrong.has(log)).length + anchors.length - late.length,
    of: trees.length + anchors.length,
    facts: {
      rung: claim.rung,
      words: claim.words,
      checked,
      keptOutside: kept.checkpoints.length,
      anchors: anchors.map(({ kind, name, state, lagSeconds, failure }) => ({
        kind,
        name,
        state,
        lagSeconds,
        failure,
      })),
      faults,
    },
    probe: {
      tried: `to pass off ${copies.tried} copies of a proof of this log, each with one bit changed`,
      answer: detected
        ? 'the verifier rejected every one'
        : `it took ${copies.passed.length} of them for true`,
      refused: detected,
    },
  }
}

/** What an auditor reads of an anchor that holds nothing of now. */
function lateSentence({ name, lagSeconds, failure }: SeenAnchor): string {
  const minutes = Math.round(lagSeconds / 60)
  return `${name} is ${minutes} minutes behind${failure === null ? '.' : `: ${failure}`}`
}

/** Runs an act that reads sealed data and is then stopped. @returns whether the data came out. */
async function stopAnAct(cross: HouseCross, action: string): Promise<boolean> {
  let opened = false
  try {
    await cross({ action }, async (act) => {
      const sealed = new Sealed(() => {
        opened = true
      })
      await tryToOpen(act, sealed)
      throw probeStopped()
    })
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== probeStopped().code) throw error
  }
  return opened
}

/** Before COMMIT nobody has a receipt, and what only looks like one must not do. */
async function tryToOpen(act: Act, sealed: Sealed<void>): Promise<void> {
  const lookAlike = Object.create(Receipt.prototype) as Receipt
  Object.assign(lookAlike, { entryId: 'none', log: 'house', at: act.now })
  try {
    await sealed.open(lookAlike)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

/** Tries each forbidden statement for real, and undoes it should it go through. @returns SQLSTATE or `done`. */
async function tryForbidden({ sql }: Act): Promise<string[]> {
  const answers: string[] = []
  for (const text of forbidden) {
    await sql.run({ text: 'savepoint trail_probe' })
    try {
      await sql.run({ text })
      answers.push('done')
    } catch (error) {
      answers.push(String((error as { code?: unknown }).code))
    }
    await sql.run({ text: 'rollback to savepoint trail_probe' })
  }
  return answers
}
