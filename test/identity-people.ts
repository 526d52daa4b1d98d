import { deepEqual, equal } from 'node:assert/strict'
import { createEnrolment } from '#identity'
import { Secret, TOTP } from 'otpauth'
import type { TestAnswer, TestHouse } from './house.ts'

export const password = 'velvet tram harvest ninety'

/** A person as the journeys of identity know one: everything an own browser and phone would hold. */
export interface Enrolled {
  readonly personId: string
  readonly email: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  readonly cookie: string
}

/** The session cookie an answer sets, as a browser would send it back. */
export function cookieOf({ headers }: TestAnswer): string {
  const line = headers['set-cookie'] ?? ''
  const pair = /^__Host-holdfast=[A-Za-z0-9_-]{43}(?=; )/.exec(line)?.[0]
  if (pair === undefined) throw new Error(`no session in ${line}`)
  return pair
}

export const codeAt = (secret: string, at: Date) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at.getTime() })

/** Enrols over the listener by a link of the given roles, with a TOTP. */
export async function enrol(
  house: TestHouse,
  email: string,
  roleNames: readonly string[],
  kind: 'first-administrator' | 'invitation' = 'invitation',
): Promise<Enrolled> {
  const token = await house.act({ action: 'identity.enrolment.create' }, (act) =>
    createEnrolment(act, { kind, roleNames }),
  )
  const opened = await house.request('/v1/enrolments/open', {
    method: 'POST',
    json: { token, email },
  })
  equal(opened.status, 200, opened.body)
  deepEqual(opened.json.roleNames, roleNames)
  const { secret } = opened.json.totp
  const done = await house.request('/v1/enrolments/complete', {
    method: 'POST',
    json: {
      token,
      name: 'Nadia Okonkwo',
      email,
      password,
      totpCode: codeAt(secret, house.world.now()),
    },
  })
  equal(done.status, 200, done.body)
  const { personId, recoveryCodes } = done.json
  return { personId, email, secret, recoveryCodes, cookie: cookieOf(done) }
}

/** A request as our own pages make it in a session. */
export const inSession = (
  house: TestHouse,
  cookie: string,
  path: string,
  { method = 'GET', json }: { method?: string; json?: unknown } = {},
) =>
  house.request(path, {
    method,
    headers: { cookie, ...(method === 'GET' ? {} : { 'holdfast-request': '1' }) },
    ...(json === undefined ? {} : { json }),
  })

/** Signs in up to the second factor. */
export const signIn = (house: TestHouse, email: string, given = password) =>
  house.request('/v1/sessions', { method: 'POST', json: { email, password: given } })

/** Status and code, on one line. */
export const told = ({ status, json }: TestAnswer): string =>
  json?.code === undefined ? String(status) : `${status} ${json.code}`
