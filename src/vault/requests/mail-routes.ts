import { type Cross, flow, type World } from '#kernel'
import { mailNotAccepted, mailNotSet } from '../refusals.ts'
import * as wire from '../subjects/wire.ts'
import { letterOf, type Mailed, recordMailed } from './mail-acts.ts'

const ofController = ({ controllerId }: { controllerId: string }) => ({ controllerId })
const one = '/v1/controllers/:controllerId/subject-requests/:requestId'

export const requestMailRoutes = [
  flow({
    flow: true,
    method: 'GET',
    url: `${one}/letter`,
    action: 'vault.request.read',
    summary: 'The letter that passes a request on to the controller: to whom, and its words',
    params: wire.RequestParams,
    query: wire.LetterQuery,
    response: wire.Letter,
    scope: ofController,
    async handle(cross, { params: { requestId }, query: { words = false } }, { mail, settings }) {
      const letter = await cross(
        (act) => letterOf(act, requestId, { words, sender: settings }),
        'read',
      )
      return { ...letter, to: [...letter.to], mailIsSet: mail.configured }
    },
  }),
  flow({
    flow: true,
    method: 'POST',
    url: `${one}/mail`,
    action: 'vault.request.mail',
    summary: 'Mail a request to the controller’s contacts, and record that it is forwarded',
    params: wire.RequestParams,
    body: wire.Mailing,
    response: wire.MailedTo,
    scope: ofController,
    async handle(cross, { params: { requestId }, body: { words = false } }, world) {
      if (!world.mail.configured) return cross(() => Promise.reject(mailNotSet()))
      const tries = await mailTo(cross, world, { requestId, words })
      const state = await cross((act) => recordMailed(act, requestId, tries))
      if (state === 'unsent') return cross(() => Promise.reject(mailNotAccepted()), 'read')
      const accepted = tries.filter((each) => each.accepted).length
      return { requestId, state, accepted, failed: tries.length - accepted }
    },
  }),
]

/** One letter each: nobody sees who else got it, and one bad address keeps no other from it. */
async function mailTo(
  cross: Cross,
  { mail, settings }: World,
  { requestId, words }: { readonly requestId: string; readonly words: boolean },
): Promise<Mailed[]> {
  const how = { words, sender: settings, mailing: true }
  const letter = await cross((act) => letterOf(act, requestId, how))
  const tries: Mailed[] = []
  for (const to of letter.to)
    tries.push(
      await mail.send({ ...letter, to: [to] }).then(
        (answer) => ({ accepted: true, answer }),
        (error: unknown) => ({
          accepted: false,
          answer: error instanceof Error ? error.message : 'the mail server gave no reason',
        }),
      ),
    )
  return tries
}
