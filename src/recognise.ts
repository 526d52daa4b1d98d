import type { Admission } from '#gate'
import { type Actor, Refusal } from '#kernel'

/** Where a request comes from. A peer without an address is the operator's socket. */
export const addressOf = ({
  remoteAddress = 'local',
}: {
  readonly remoteAddress?: string | undefined
}) => remoteAddress

/** Who is calling; whoever shows a credential that is none is remembered by address. */
export async function recognise(
  admission: Admission,
  address: string,
  identify: () => Promise<Actor>,
): Promise<Actor> {
  try {
    return await identify()
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) await admission.unrecognised(address)
    throw error
  }
}
