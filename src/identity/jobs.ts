import type { Job } from '#kernel'
import { disableDormant, warnDormant } from './accounts/dormancy-acts.ts'
import { takeLetters } from './persons/notice-acts.ts'
import { noticeText } from './persons/notice.ts'
import { endProof, endTrial, takeTrials } from './probes/probe-acts.ts'
import { lapseUnanswered } from './requests/acts.ts'
import { revokeUnanswered } from './reviews/acts.ts'
import { startDueReviews } from './reviews/schedule-acts.ts'
import { noteUse } from './rights/use-acts.ts'
import { sessionCookie } from './sessions/session.ts'
import { openAuthority } from './workloads/proof-acts.ts'

export const jobs: readonly Job[] = [
  {
    action: 'identity.disable-dormant',
    summary: 'Disables accounts nobody used, and ends their sessions.',
    cron: '20 3 * * *',
    async run(cross) {
      await cross({ action: 'identity.disable-dormant' }, disableDormant)
      await cross({ action: 'identity.warn-dormant' }, warnDormant)
    },
  },
  {
    action: 'identity.renew-authority',
    summary:
      'Makes the next authority for certificates of workloads, half a year before the last one ends.',
    cron: '50 3 * * *',
    async run(cross) {
      await cross({ action: 'identity.renew-authority' }, openAuthority)
    },
  },
  {
    action: 'identity.start-reviews',
    summary: 'Starts access reviews that are due by their schedule.',
    cron: '40 4 * * *',
    async run(cross) {
      await cross({ action: 'identity.start-reviews' }, startDueReviews)
    },
  },
  {
    action: 'identity.try-revocations',
    summary: 'Tries over the listener that what a review revoked is gone.',
    async run(cross, _payload, world) {
      const ask = { action: 'identity.try-revocations' }
      for (const trial of await cross(ask, takeTrials)) {
        const { path, token, item } = trial
        const proof: Record<string, string> =
          item.kind === 'person'
            ? { cookie: `__Host-${sessionCookie}=${token}` }
            : { authorization: `Bearer ${token}` }
        const why = {
          'holdfast-purpose': item.purposes?.[0] ?? 'probe',
          'holdfast-reason': 'probe',
        }
        const asked = world.fetch(path, { headers: { ...proof, ...why } })
        const { status, body } = await asked.catch(async (error: unknown) => {
          await cross(ask, (act) => endProof(act, trial))
          throw error
        })
        const code = /"code":"([a-z.-]+)"/.exec(body)?.[1] ?? 'no code'
        await cross(ask, (act) => endTrial(act, trial, { status, code }))
      }
    },
  },
  {
    action: 'identity.revoke-unanswered',
    summary: 'Revokes grants whose review nobody answered in time.',
    cron: '5 * * * *',
    async run(cross) {
      await cross({ action: 'identity.revoke-unanswered' }, revokeUnanswered)
    },
  },
  {
    action: 'identity.lapse-requests',
    summary: 'Ends requests for access that nobody answered in time.',
    cron: '25 * * * *',
    async run(cross) {
      await cross({ action: 'identity.lapse-requests' }, lapseUnanswered)
    },
  },
  {
    action: 'identity.mail-notices',
    summary: 'Mails what people are told on their next page anyway.',
    async run(cross, _payload, world) {
      if (!world.mail.configured) return
      const letters = await cross({ action: 'identity.mail-notices' }, takeLetters)
      const sent = await Promise.allSettled(
        letters.map(({ to, kind, facts, toldAt }) => {
          const { subject, text } = noticeText(kind, facts, toldAt)
          return world.mail.send({
            to: [to],
            subject,
            text: `${text}\n\n${world.settings.publicUrl}\n`,
          })
        }),
      )
      // One address that mail does not reach keeps nobody else from being told.
      const failed = sent.find((each) => each.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  },
  {
    action: 'identity.note-use',
    summary: 'Notes from the trail when each grant was last used.',
    cron: '35 * * * *',
    async run(cross) {
      // A batch an act, so that a long trail is read in short transactions.
      while (await cross({ action: 'identity.note-use' }, noteUse));
    },
  },
]
