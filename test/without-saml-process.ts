/**
 * A house on a host where the optional package for SAML was not installed, in a process of its own: what a
 * process has once loaded stays in it. Tells its parent what it was answered.
 */
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('@node-saml/')) return next(specifier, context)
    throw Object.assign(new Error(`Cannot find package '${specifier}'`), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
  },
})

const { openHouse } = await import('./house.ts')
const { enrol, inSession, signIn, told } = await import('./identity-people.ts')

const house = await openHouse({ listen: true })
const root = await enrol(house, 'root@house.example', ['administrator'])
const terms = {
  name: 'Elsewhere',
  issuer: 'urn:idp.example:saml',
  clientId: 'https://holdfast.example',
  entryPoint: 'https://idp.example/sso',
  certificates: process.argv[2]!,
}
const asRoot = (path: string, json?: object) =>
  inSession(house, root.cookie, path, {
    method: json === undefined ? 'GET' : 'POST',
    ...(json === undefined ? {} : { json }),
  })
const post = (path: string, json: object) => house.request(path, { method: 'POST', json })

const refused = await asRoot('/v1/providers', { kind: 'saml', ...terms })
// One that was trusted while the package was there: as a restore, or a smaller image, leaves it.
const oidc = { ...terms, issuer: 'https://login.elsewhere.example', clientSecret: 'x' }
const { certificates: _, entryPoint: __, ...plain } = oidc
const added = await asRoot('/v1/providers', plain)
const { providerId } = added.json
await house.owner.run({
  text: `update identity.provider set kind = 'saml', issuer = $2, entry_point = $3, certificates = $4,
    email_attribute = 'email', client_secret = null where id = $1`,
  values: [providerId, terms.issuer, terms.entryPoint, terms.certificates],
})
const answers = {
  refused: told(refused),
  sentence: refused.json.message,
  added: told(added),
  departed: told(await post('/v1/sessions/provider-departure', { providerId })),
  arrived: told(await post('/v1/sessions/provider-arrival', { query: `state=${'x'.repeat(43)}` })),
  listed: told(await asRoot('/v1/providers')),
  signedIn: told(await signIn(house, root.email)),
  removed: told(
    await inSession(house, root.cookie, `/v1/providers/${providerId}`, { method: 'DELETE' }),
  ),
  faults: house.faults.map(({ about }) => about),
}
await house.close()
process.send!(answers)
