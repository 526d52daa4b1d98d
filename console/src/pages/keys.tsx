import { useInfiniteQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type { Keys as KeysShape } from '../../../src/keys/wire.ts'
import { askPages } from '../ask.ts'
import { ErrorNotice } from '../ui/error-notice.tsx'
import { May } from '../ui/may.tsx'
import { PageHead } from '../ui/page-head.tsx'
import { Waiting } from '../ui/waiting.tsx'
import { Certificates } from './keys/certificate.tsx'
import { Custody } from './keys/custody.tsx'
import { RecoveryShares } from './keys/recovery-shares.tsx'
import { Rings } from './keys/rings.tsx'
import { Rotations } from './keys/rotations.tsx'
import { Stores } from './keys/stores.tsx'
import './keys/keys.css'

export type Keys = Static<typeof KeysShape>
export type Ring = Keys['items'][number]

/** Who keeps the root key, how old every key is, and what lies sealed under them. */
export default function KeysPage() {
  const keys = useInfiniteQuery(askPages<Ring>('/v1/keys'))
  // Each page says of the root and its custody what the first one says.
  const first = keys.data?.pages[0] as Keys | undefined
  return (
    <>
      <PageHead
        title="Keys"
        lead="A root key wraps a ring for each controller; a ring wraps a key for each data subject; that key seals the records. Destroy one, and what lies under it is gone."
      />
      {first === undefined ? (
        keys.error === null ? (
          <Waiting what="Reading the keyring" />
        ) : (
          <ErrorNotice error={keys.error} />
        )
      ) : (
        <div className="stack">
          <Custody keys={first} />
          <Rings query={keys} policy={first.policy} />
          <May ask="keys.rotation.list">
            <Rotations />
          </May>
          <May ask="keys.subject-certificate.read">
            <Certificates />
          </May>
          <May ask="keys.recovery-shares.make">
            <RecoveryShares />
          </May>
          <May ask="keys.store.list">
            <Stores />
          </May>
        </div>
      )}
    </>
  )
}
