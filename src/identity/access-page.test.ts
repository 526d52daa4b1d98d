import { ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { dictionary } from '@zxcvbn-ts/language-common'
import { falsePositives } from './factors/breach-filter.ts'
import { freshMinutes } from './factors/fresh.ts'
import { longest, shortest } from './factors/password.ts'
import { linkHours } from './persons/enrolment-acts.ts'
import { recoveryMinutes } from './persons/recovery-acts.ts'
import { limit } from './sessions/attempt-acts.ts'
import { absoluteHours, halfMinutes, idleMinutes, mostSessions } from './sessions/session.ts'
import { tokenMinutes } from './workloads/token-acts.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/access.md'), 'utf8').replaceAll(
  /\s+/g,
  ' ',
)

test('the page on getting in says the numbers that the code goes by', () => {
  const thousands = (n: number) => n.toLocaleString('en').replace(',', ' ')
  for (const sentence of [
    `${limit.attempts} attempts in ${limit.minutes} minutes by account`,
    `once, for ${linkHours} hours`,
    `once, for ${recoveryMinutes} minutes`,
    `a token for ${tokenMinutes} minutes`,
    `${shortest.besideSecondFactor} characters beside a second factor`,
    `${shortest.alone} where none is; at most ${longest}`,
    `the ${thousands(dictionary['passwords-common'].length)} common ones`,
    `one good password in ${Math.round(1 / falsePositives)}`,
    `Idle: ${idleMinutes.privileged} minutes where a role is privileged, ${idleMinutes.others} elsewhere. At most ${absoluteHours} hours. Half a session: ${halfMinutes} minutes.`,
    `At most ${mostSessions[2]} whole sessions and ${mostSessions[1]} half ones`,
    `A second factor shown in the last ${freshMinutes} minutes`,
    `a sign-in there of more than ${absoluteHours} hours ago counts as no second factor`,
  ])
    ok(page.includes(sentence), sentence)
})
