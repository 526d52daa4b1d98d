import type { HouseCross, Probe, ProbeAnswer, World } from '#kernel'
import { sessionCookie } from '../sessions/session.ts'
import { removeCanary } from './canary-acts.ts'

export const plant = { action: 'identity.canary.plant' } as const
export const remove = { action: 'identity.canary.remove' } as const

/** Plants a canary, tries with it, and removes it whatever happens. */
export async function withCanary<C extends { readonly actorId: string }, T>(
  cross: HouseCross,
  mint: Parameters<typeof cross<C>>[1],
  attempt: (canary: C) => Promise<T>,
): Promise<T> {
  const canary = await cross(plant, mint)
  try {
    return await attempt(canary)
  } finally {
    await cross(remove, (act) => removeCanary(act, canary.actorId))
  }
}

export const asWorkload = (world: World, path: string, token: string) =>
  world.fetch(path, {
    headers: {
      authorization: `Bearer ${token}`,
      'holdfast-purpose': 'probe',
      'holdfast-reason': 'check of this house',
    },
  })

export const asPerson = (world: World, path: string, token: string) =>
  world.fetch(path, { headers: { cookie: `__Host-${sessionCookie}=${token}` } })

const codeIn = ({ body }: ProbeAnswer): string => {
  const code = /"code":"([a-z.-]+)"/.exec(body)?.[1]
  return code ?? 'no code'
}
export const say = (answer: ProbeAnswer) => `${answer.status} ${codeIn(answer)}`
export const is = (answer: ProbeAnswer, status: number, code: string) =>
  answer.status === status && codeIn(answer) === code
export const refusal = ({ refused }: Probe) =>
  refused ? 'The probe was refused.' : 'The probe got through.'
