import { Holdfast } from '../src/index.ts'

/** The house and the controller that the environment names. Node trusts the house's CA by NODE_EXTRA_CA_CERTS. */
export function connect(): { readonly house: Holdfast; readonly controllerId: string } {
  const { HOLDFAST_URL: url, HOLDFAST_TOKEN: token, CONTROLLER_ID: controllerId } = process.env
  if (url === undefined || token === undefined || controllerId === undefined)
    throw new Error('set HOLDFAST_URL, HOLDFAST_TOKEN and CONTROLLER_ID')
  return { house: new Holdfast({ url, token }), controllerId }
}
