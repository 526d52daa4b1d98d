import { Refusal } from '#kernel'

/** What a fault of ours looks like from outside. */
export const fault = {
  status: 500,
  code: 'fault',
  message: 'This is our fault; it has been logged.',
  facts: undefined,
}

/** What fastify itself refuses, in our words; undefined when it is a fault of ours. */
export function fromFastify(error: unknown): Refusal | undefined {
  const { statusCode, code, validation, validationContext } = error as {
    statusCode?: number
    code?: string
    validation?: { instancePath?: string; message?: string }[]
    validationContext?: string
  }
  if (validation !== undefined) {
    const first = validation[0]
    return invalid(
      validationContext ?? 'body',
      first?.instancePath?.slice(1).replaceAll('/', '.') ?? '',
      first?.message,
    )
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new Refusal('gate.body-too-large', 413, 'The body is larger than this request allows.')
  if (code === 'FST_ERR_MAX_PARAM_LENGTH')
    return new Refusal('gate.address-too-long', 414, 'A part of the address is longer than any.')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Refusal('gate.media-type', 415, 'This request takes another media type.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new Refusal('gate.invalid-request', statusCode, 'The request could not be read.')
  return undefined
}

/** Nothing stands at this address, or nothing for you. */
export const notFound = () =>
  new Refusal('gate.not-found', 404, 'There is nothing at this address.')
/** A page that is not ours would act in somebody's session. */
export const crossSite = () =>
  new Refusal('gate.cross-site', 403, 'A request with a cookie must carry holdfast-request: 1.')
/** Ask from a page of this house. */
export const fromElsewhere = () =>
  new Refusal('gate.cross-site', 403, 'The browser says that a page of elsewhere asks this.')
/** Send one of the media types named. */
export const wrongMediaType = (allowed: readonly string[]) =>
  new Refusal('gate.media-type', 415, `This request takes ${allowed.join(' or ')}.`)
/** Say what for, and why. */
export const whyMissing = (what: 'purpose' | 'reason') =>
  new Refusal(
    `gate.${what}-missing`,
    400,
    `Personal data needs a ${what}: header holdfast-${what}.`,
  )

/** The parts of a request, as a sentence about them begins. */
const begins: Readonly<Record<string, string>> = {
  params: 'The address of the request is',
  querystring: 'The query of the request is',
  headers: 'The headers of the request are',
}

/** A sentence stays one that is read; whole, both stand beside it. */
const cut = (text: string) => (text.length > 65 ? `${text.slice(0, 64)}…` : text)

/** What schemas know ids by, and the sentence a person reads instead. */
const idRules = new Set([
  'must match format "uuid"',
  'must match pattern "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"',
])
const idRule = 'must be a whole id: 32 digits in five groups'

/** The request is of another shape. Place and rule are named, never the value: it may be personal. */
export function invalid(part: string, where: string, problem?: string): Refusal {
  const at = where === '' ? '' : `, at ${cut(where)}`
  const said = problem !== undefined && idRules.has(problem) ? idRule : problem
  const rule = said === undefined ? '' : `: ${cut(said)}`
  return new Refusal(
    'gate.invalid-request',
    400,
    `${begins[part] ?? 'The body of the request is'} not of the shape it must have${at}${rule}.`,
    { part, where, ...(problem === undefined ? {} : { problem }) },
  )
}
