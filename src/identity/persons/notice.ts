type Facts = Readonly<Record<string, string>>

const notYou = 'If it was not you, tell an administrator at once.'

const factorName = ({ factor }: Facts) =>
  factor === 'passkey' ? 'A passkey' : 'An authenticator app'

const lostWhat = ({ lost }: Facts) =>
  lost === 'everything' ? 'password and second factors' : 'your password'

/** How a notice reads: subject and one sentence. What names somebody is looked up on the page, not mailed. */
export function noticeText(
  kind: string,
  facts: Facts,
  now: Date,
): { subject: string; text: string } {
  const role = facts['role'] ?? 'a role'
  const at = facts['at']?.slice(0, 16).replace('T', ' ') ?? 'soon'
  switch (kind) {
    case 'break-glass-opened':
      if (facts['at'] !== undefined && new Date(facts['at']) <= now)
        return {
          subject: 'Break-glass access waits for its review',
          text: `Two people had opened ${role} with break-glass access; it was over by ${at} UTC. Somebody who was neither writes down what was done with it.`,
        }
      return {
        subject: 'Break-glass access was opened',
        text: `Two people opened ${role} with break-glass access, until ${at} UTC. Look at what is done with it, and review it afterwards.`,
      }
    case 'break-glass-asked':
      return {
        subject: 'Break-glass access waits for a second person',
        text: `Somebody asks to open ${role} with break-glass access. It lapses at ${at} UTC unless you confirm it.`,
      }
    case 'request-asked':
      return {
        subject: 'Somebody asks for access',
        text: `Somebody asks for ${role} for a time. Approve or refuse it under People & access; it lapses at ${at} UTC.`,
      }
    case 'request-approved':
      return {
        subject: 'Your request was approved',
        text: `You have ${role} until ${at} UTC; it ends by itself.`,
      }
    case 'request-refused':
      return { subject: 'Your request was refused', text: `Your request for ${role} was refused.` }
    case 'export-asked':
      return {
        subject: 'An export waits for a second person',
        text: `Somebody asks to export ${facts['subjects'] ?? 'many'} subjects of one controller. Approve or decline it in the vault, under Exports by two.`,
      }
    case 'export-approved':
      return {
        subject: 'Your export was approved',
        text: `A second person approved the export you asked for. It may begin until ${at} UTC.`,
      }
    case 'export-declined':
      return {
        subject: 'Your export was declined',
        text: 'A second person declined the export you asked for. Why stands beside it in the vault.',
      }
    case 'change-proposed':
      return {
        subject: 'A change waits for a second person',
        text: `Somebody proposed a change that is due on ${at.slice(0, 10)}. Approve or reject it under Governance.`,
      }
    case 'dormant-soon':
      return {
        subject: 'Your account will be disabled',
        text: `You have not used your account for long. It is disabled on ${at.slice(0, 10)} unless you sign in before.`,
      }
    case 'workload-dormant-soon':
      return {
        subject: 'A workload will be disabled',
        text: `The workload ${facts['workload'] ?? ''} has not been used for long. It is disabled on ${at.slice(0, 10)} unless it is used before.`,
      }
    case 'new-device':
      return {
        subject: 'A new sign-in to your account',
        text: `Your account was signed in to from a browser or network not seen before, at ${at} UTC. If it was not you, end that session on your account page and change your password.`,
      }
    case 'provider-linked':
      return {
        subject: 'Your account can be opened by an identity provider',
        text: `An identity provider that this house trusts vouched for your address at ${at} UTC, and opens your account from now on. ${notYou}`,
      }
    case 'factor-added':
      return {
        subject: 'A second factor was added',
        text: `${factorName(facts)} was added to your account at ${at} UTC. ${notYou}`,
      }
    case 'factor-removed':
      return {
        subject: 'A second factor was taken away',
        text: `${factorName(facts)} was taken from your account at ${at} UTC. ${notYou}`,
      }
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        text: `Your password was changed at ${at} UTC, and your other sessions ended. ${notYou}`,
      }
    case 'recovery-code-used':
      return {
        subject: 'A recovery code was used',
        text: `Your account was opened with a recovery code at ${at} UTC; it counts no more. ${notYou}`,
      }
    case 'recovery-codes-renewed':
      return {
        subject: 'Your recovery codes were renewed',
        text: `New recovery codes were made for your account at ${at} UTC; those from before are void. ${notYou}`,
      }
    case 'recovery-begun':
      return {
        subject: 'You are being let back into your account',
        text: `Somebody was told that you lost ${lostWhat(facts)} and began to let you back in, at ${at} UTC. ${notYou}`,
      }
    case 'recovery-asked':
      return {
        subject: 'Somebody is being let back into their account',
        text: `Somebody who lost what they sign in with is being let back in${
          facts['approval'] === 'wanted' ? `, and waits for a second person until ${at} UTC` : ''
        }. Look at it under People & access.`,
      }
    case 'recovery-approved':
      return {
        subject: 'You may give out the link',
        text: `Somebody else approved that a person is let back in. Give out the link under People & access until ${at} UTC.`,
      }
    case 'recovery-used':
      return {
        subject: 'Somebody was let back into their account',
        text: `A person was let back into their account by a link at ${at} UTC, and the sessions from before ended. The trail says who, and who gave out the link.`,
      }
    case 'recovered':
      return {
        subject: 'You were let back into your account',
        text: `Your account got a new password ${
          facts['lost'] === 'everything' ? 'and new second factors ' : ''
        }by a link at ${at} UTC; your sessions from before ended. ${notYou}`,
      }
    default:
      return {
        subject: 'An access review waits for answers',
        text: `An access review is due at ${at} UTC; what nobody answers is revoked then.`,
      }
  }
}
