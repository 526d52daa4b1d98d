import { isForClosed, openedBy } from '#ground'
import { flow, type Refusal, type Route, route, type World } from '#kernel'
import { arrival, type Claims, departure, type Party } from '../adapters/oidc.ts'
import { samlArrival, samlDeparture, type SamlParty } from '../adapters/saml.ts'
import { providerAway, providerClosed, samlNotInstalled } from '../refusals.ts'
import { handOver } from '../sessions/routes.ts'
import { cookieIn } from '../sessions/session.ts'
import { Nothing } from '../wire.ts'
import {
  addProvider,
  awayMinutes,
  keepAnswer,
  keepAttempt,
  type Kept,
  openByProvider,
  refuseProvider,
  removeProvider,
  takeKept,
  trusted,
  type Trusted,
} from './acts.ts'
import { directoryGroups, mapGroups, nameDirectory } from './directory-acts.ts'
import { providers } from './store.ts'
import * as wire from './wire.ts'

/** The browser that was sent away; it comes back with this, or not at all. */
const awayCookie = 'holdfast-away'

/** Terms where none are given: nobody is linked or made, and a second factor is what RFC 8176 calls one. */
const careful = {
  strongAmr: ['mfa', 'hwk'],
  strongAcr: [],
  groupClaim: 'groups',
  groupRoles: {},
  linksByEmail: false,
  makesAccounts: false,
  clientSecret: undefined,
}

/** Signing in by an identity provider: OpenID Connect's code flow, or SAML's redirect there and post back. */
export const providerRoutes: readonly Route[] = [
  flow({
    flow: true,
    method: 'POST',
    url: '/v1/providers',
    action: 'identity.provider.add',
    summary: 'Trusts an identity provider (OpenID Connect or SAML 2.0) on the given terms.',
    body: wire.NewProvider,
    response: wire.AddedProvider,
    handle(cross, { body }, { settings }) {
      const { kind = 'oidc', entryPoint, certificates, emailAttribute, ...rest } = body
      const isSaml = kind === 'saml'
      const terms = {
        ...careful,
        ...rest,
        kind,
        entryPoint: isSaml ? (entryPoint ?? null) : null,
        certificates: isSaml ? (certificates ?? null) : null,
        emailAttribute: isSaml ? (emailAttribute ?? 'email') : null,
      }
      return cross((act) => addProvider(act, terms, settings.environment === 'production'))
    },
  }),

  route({
    method: 'GET',
    url: '/v1/providers',
    action: 'identity.provider.list',
    summary: 'Lists the identity providers that are trusted, and on what terms.',
    effect: 'read',
    response: wire.Providers,
    async handle(act, _parts) {
      const items = await providers(act.sql)
      return {
        items: items.map(({ id, createdAt, clientSecret, ...terms }) => ({
          providerId: id,
          kind: terms.kind,
          name: terms.name,
          entryPoint: terms.entryPoint,
          certificates: terms.certificates,
          emailAttribute: terms.emailAttribute,
          issuer: terms.issuer,
          clientId: terms.clientId,
          groupClaim: terms.groupClaim,
          linksByEmail: terms.linksByEmail,
          makesAccounts: terms.makesAccounts,
          strongAmr: [...terms.strongAmr],
          strongAcr: [...terms.strongAcr],
          groupRoles: Object.fromEntries(
            Object.entries(terms.groupRoles).map(([group, roles]) => [group, [...roles]]),
          ),
          directoryId: terms.directoryId,
          hasSecret: clientSecret !== null,
          createdAt: createdAt.toISOString(),
        })),
      }
    },
  }),

  route({
    method: 'DELETE',
    url: '/v1/providers/:providerId',
    action: 'identity.provider.remove',
    summary: 'Trusts an identity provider no more.',
    effect: 'write',
    params: wire.ProviderParams,
    response: Nothing,
    async handle(act, { params }) {
      await removeProvider(act, params.providerId)
      return {}
    },
  }),

  route({
    method: 'PUT',
    url: '/v1/providers/:providerId/group-roles',
    action: 'identity.provider.map',
    summary:
      'Says which roles the groups of an identity provider bring, at sign-in and by its directory.',
    effect: 'write',
    params: wire.ProviderParams,
    body: wire.MappedGroups,
    response: Nothing,
    async handle(act, { params, body }) {
      await mapGroups(act, params.providerId, body.groupRoles)
      return {}
    },
  }),

  route({
    method: 'PUT',
    url: '/v1/providers/:providerId/directory',
    action: 'identity.provider.direct',
    summary: "Names the workload that keeps an identity provider's people and groups here (SCIM).",
    effect: 'write',
    params: wire.ProviderParams,
    body: wire.NamedDirectory,
    response: Nothing,
    async handle(act, { params, body }) {
      await nameDirectory(act, params.providerId, body.workloadId)
      return {}
    },
  }),

  route({
    method: 'GET',
    url: '/v1/providers/:providerId/groups',
    action: 'identity.provider-group.list',
    summary: "Lists the groups a provider's directory has written, and the roles they bring.",
    effect: 'read',
    params: wire.ProviderParams,
    response: wire.DirectoryGroups,
    async handle(act, { params }) {
      const groups = await directoryGroups(act, params.providerId)
      return {
        items: groups.map(({ id, displayName, externalId, members, roles, changedAt }) => ({
          groupId: id,
          displayName,
          externalId,
          members,
          roles,
          changedAt: changedAt.toISOString(),
        })),
      }
    },
  }),

  route({
    method: 'GET',
    url: '/v1/sessions/providers',
    action: 'identity.session.providers',
    summary: 'Names the identity providers one can sign in by.',
    assurance: 0,
    effect: 'read',
    response: wire.ProviderNames,
    async handle(act) {
      const items = await providers(act.sql)
      return { items: items.map(({ id, name }) => ({ providerId: id, name })) }
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/provider-departure',
    action: 'identity.session.depart',
    summary: 'Says where a browser signs in at an identity provider.',
    assurance: 0,
    body: wire.Departure,
    response: wire.Departed,
    async handle(cross, { body: { providerId, strong = false }, call }, world) {
      const known = await cross((act) => trusted(act, providerId))
      const anew = strong ? { acr: known.provider.strongAcr } : undefined
      const sent = await sentAway(known, anew, world)
      if ('no' in sent)
        return cross(async () => {
          throw sent.no
        })
      const browser = await cross((act) => keepAttempt(act, { providerId, checks: sent.checks }))
      call.setCookie(awayCookie, browser, awayMinutes * 60)
      return { url: sent.url }
    },
  }),

  route({
    method: 'POST',
    url: '/v1/sessions/saml',
    action: 'identity.session.answer',
    summary: 'Takes what a SAML provider has the browser post, for our own page to come for.',
    assurance: 0,
    effect: 'write',
    form: true,
    fromElsewhere: true,
    bodyLimit: 524_288,
    body: wire.Posted,
    response: Nothing,
    async handle(act, { body: { SAMLResponse: answer, RelayState: state }, call }) {
      await keepAnswer(act, { state, answer })
      // Whatever was posted: the page says what becomes of it, with the cookie of the browser it is in.
      call.answer(303, { location: `/sign-in/back?${new URLSearchParams({ state }).toString()}` })
      return {}
    },
  }),

  flow({
    flow: true,
    method: 'POST',
    url: '/v1/sessions/provider-arrival',
    action: 'identity.session.open',
    summary: 'Signs in with what an identity provider answered.',
    assurance: 0,
    body: wire.Arrival,
    response: wire.Arrived,
    async handle(cross, { body: { query }, call }, world) {
      const state = new URLSearchParams(query).get('state') ?? ''
      const browser = cookieIn(call.header('cookie'), awayCookie) ?? ''
      const kept = await cross((act) => takeKept(act, { state, browser }))
      call.setCookie(awayCookie, '', 0)
      const claims = kept && (await saidOf(kept, query, world))
      if (kept === undefined || claims === undefined) return cross(async () => refuseProvider())
      const { isAnew = false } = kept.checks
      const session = await cross((act) =>
        openByProvider(act, kept.provider, { claims, state, isAnew }),
      )
      handOver(call, session)
      return { assurance: session.assurance, expiresAt: session.expiresAt.toISOString() }
    },
  }),
]

type Sent =
  | Awaited<ReturnType<typeof departure>>
  | NonNullable<Awaited<ReturnType<typeof samlDeparture>>>

/** Where the browser goes, and what its answer will be held against; or why it goes nowhere. */
async function sentAway(
  known: Trusted,
  anew: { readonly acr: readonly string[] } | undefined,
  world: World,
): Promise<Sent | { readonly no: Refusal }> {
  try {
    if (known.provider.kind === 'oidc') return await departure(partyOf(known, world), anew)
    return (await samlDeparture(samlPartyOf(known, world), anew)) ?? { no: samlNotInstalled() }
  } catch (error) {
    return { no: isForClosed(error) ? providerClosed() : providerAway() }
  }
}

/** What the provider says of who came back; undefined for whatever does not hold. */
async function saidOf(kept: Kept, query: string, world: World): Promise<Claims | undefined> {
  const { provider, checks, answer } = kept
  if (provider.kind === 'oidc') return arrival(partyOf(kept, world), query, checks)
  if (answer === undefined) return undefined
  const { emailAttribute, groupClaim } = provider
  const terms = { emailAttribute: emailAttribute!, groupClaim, now: world.now() }
  return samlArrival(samlPartyOf(kept, world), answer, checks, terms)
}

const samlPartyOf = ({ provider }: Trusted, { settings }: World): SamlParty => ({
  issuer: provider.issuer,
  clientId: provider.clientId,
  entryPoint: provider.entryPoint!,
  certificates: provider.certificates!,
  answerUrl: `${settings.publicUrl}/v1/sessions/saml`,
})

const partyOf = ({ provider, clientSecret }: Trusted, { settings }: World): Party => ({
  issuer: provider.issuer,
  clientId: provider.clientId,
  clientSecret,
  redirectUri: `${settings.publicUrl}/sign-in/back`,
  opened: openedBy(settings),
})
