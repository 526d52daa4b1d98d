import type { Static, TSchema } from 'typebox'
import type { Readable } from 'node:stream'
import type { Act } from './act.ts'
import type { Actor, Assurance, Source } from './actor.ts'
import type { Cross, Effect } from './cross.ts'
import type { Sealed } from './receipt.ts'
import type { Refusal } from './refusal.ts'
import type { Scope } from './scope.ts'
import type { World } from './world.ts'

/** What a handler may know of the HTTP request beside its validated parts. */
export interface Call {
  readonly actor: Actor
  readonly source: Source
  readonly now: Date
  /** Sets a cookie on the answer. Always `Secure`, `HttpOnly`, `SameSite=Strict`, `Path=/`, `__Host-` prefixed. */
  setCookie(name: string, value: string, maxAgeSeconds: number): void
  /** Request header, lower-case name. */
  header(name: string): string | undefined
  /** Answers with another status than 200, or with headers a standard asks for; heard only once the handler has succeeded. */
  answer(status: number, headers?: Readonly<Record<string, string>>): void
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal
  /** Whether the caller would be let in and allowed the same again, now. For what lasts; it leaves no entry. */
  stillMay(): Promise<boolean>
}

export interface Parts<P extends TSchema, Q extends TSchema, B extends TSchema> {
  readonly params: Static<P>
  readonly query: Static<Q>
  readonly body: Static<B>
  readonly call: Call
}

/** How a family of addresses speaks HTTP where a standard says how: other media types, another shape of a no. */
export interface Dialect {
  /** Every address below it speaks so, whether or not there is a route: `/scim/v2/`. */
  readonly prefix: string
  /** Of bodies, beside plain JSON, and of every answer. */
  readonly mediaType: string
  refusal(no: Pick<Refusal, 'code' | 'status' | 'message' | 'facts'>): {
    readonly status: number
    readonly body: object
  }
}

interface Common<P extends TSchema, Q extends TSchema> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  /** The permission asked for, and the name the trail records: `<room>.<thing>.<verb>`. */
  readonly action: string
  /** One line for OpenAPI and `--help`. */
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  /** What a person's session must have shown; 2 unless said otherwise. 0 lets anybody in. */
  readonly assurance?: Assurance
  /** The body may come as a form (`application/x-www-form-urlencoded`), too, as OAuth 2.0 has it. */
  readonly form?: true
  /** A page elsewhere has the browser post here. Nobody who is signed in acts by it, and nothing is believed. */
  readonly fromElsewhere?: true
  /** Personal data: a purpose of the contract and a reason must come with the request. */
  readonly purpose?: 'required'
  readonly dialect?: Dialect
  /** Default `house`. */
  scope?(params: Static<P>): Scope
  /** Categories of personal data the request names, for the permission; undefined asks for none in particular. */
  categories?(parts: { params: Static<P>; query: Static<Q> }): readonly string[] | undefined
}

/** One HTTP operation that is one act. */
export interface ActRoute<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> extends Common<P, Q> {
  readonly effect: Effect
  readonly body?: B
  readonly response: R
  /** Largest body in bytes; 1 MiB unless said otherwise. */
  readonly bodyLimit?: number
  handle(act: Act, parts: Parts<P, Q, B>): Promise<Static<R> | Sealed<Static<R>>>
}

/**
 * One HTTP operation of many acts: imports, exports, long work. Each call of `cross` is an act of
 * its own with its own entry; nothing is done and no data leaves except through it.
 *
 * A `streams` body arrives raw (CSV, NDJSON, any size). A handler may answer with an object
 * (validated by `response`) or with a stream of text or bytes and its media type.
 */
export interface FlowRoute<
  P extends TSchema = TSchema,
  Q extends TSchema = TSchema,
  B extends TSchema = TSchema,
  R extends TSchema = TSchema,
> extends Common<P, Q> {
  readonly flow: true
  readonly body?: B
  readonly streams?: readonly string[]
  readonly response: R
  handle(
    cross: Cross,
    parts: Parts<P, Q, B> & { readonly stream?: Readable },
    world: World,
  ): Promise<Static<R> | Streamed>
}

/** An answer sent piece by piece. Each piece leaves only after the entry that tells of it. */
export class Streamed {
  readonly mediaType: string
  readonly pieces: AsyncIterable<string | Uint8Array>
  readonly fileName: string | undefined

  constructor(mediaType: string, pieces: AsyncIterable<string | Uint8Array>, fileName?: string) {
    this.mediaType = mediaType
    this.pieces = pieces
    this.fileName = fileName
  }
}

export type Route = ActRoute | FlowRoute

/** Lets a route's shapes give its handler its types. */
export function route<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  r: ActRoute<P, Q, B, R>,
): Route {
  return r
}

/** As {@link route}, for operations of many acts. */
export function flow<P extends TSchema, Q extends TSchema, B extends TSchema, R extends TSchema>(
  r: FlowRoute<P, Q, B, R>,
): Route {
  return r
}
