/** What an answer from outside may come to; a witness's is under 10 KB, a timestamp's under 20. */
const largestAnswerBytes = 131_072

export interface OutsideAnswer {
  readonly status: number
  readonly mediaType: string
  readonly bytes: Buffer
}

/**
 * One POST to somebody outside. It ends at its deadline whatever the other side does: a connection
 * that hangs, headers that never come, a body that drips.
 *
 * @throws {Error} `TimeoutError` at the deadline; else what the connection said.
 */
export async function postOutside(
  url: string,
  {
    body,
    mediaType,
    deadlineMs,
  }: {
    readonly body: string | Uint8Array
    readonly mediaType: string
    readonly deadlineMs: number
  },
): Promise<OutsideAnswer> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': mediaType },
    body: typeof body === 'string' ? body : new Uint8Array(body),
    // Who was named is who is asked.
    redirect: 'error',
    signal: AbortSignal.timeout(deadlineMs),
  })
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    size += piece.length
    if (size > largestAnswerBytes) throw new Error('the answer is too large')
    pieces.push(piece)
  }
  return {
    status: answer.status,
    mediaType: answer.headers.get('content-type')?.split(';')[0]?.trim() ?? '',
    bytes: Buffer.concat(pieces),
  }
}
