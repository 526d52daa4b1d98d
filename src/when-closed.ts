import type { ServerResponse } from 'node:http'

/** Does something when an answer is over, be it that its caller had gone before anybody listened for that. */
export function whenClosed(raw: ServerResponse, deed: () => void): void {
  if (raw.closed) deed()
  else raw.once('close', deed)
}
