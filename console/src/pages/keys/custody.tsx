import { call } from '../../api.ts'
import { keyOf } from '../../ask.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { May } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import type { Keys } from '../keys.tsx'
import { ageText } from './ring-keys.tsx'

/** Where the root key lies, said honestly, and where its copies are. */
export const Custody = ({ keys: { custody, root, policy, copies } }: { readonly keys: Keys }) => (
  <section className="sheet stack">
    <div className="row spread">
      <h2>Root key</h2>
      {custody.apartFromData ? (
        <State word="kept apart from the data" tone="good" />
      ) : (
        <State word="kept beside the data" tone="warn" />
      )}
    </div>
    <p>{custody.sentence}</p>
    <dl className="kv">
      <dt>Custody</dt>
      <dd>
        {custody.kind}{' '}
        {custody.powers.nonExtractable ? (
          <State word="its key cannot be read out of it" tone="good" />
        ) : (
          <State word="its key is in software" tone="plain" />
        )}
      </dd>
      <dt>Version</dt>
      <dd>
        {root.version}, {ageText(root.ageDays)}; turns every {policy.rootDays} days
      </dd>
      <dt>Next rotation</dt>
      <dd>
        <Time at={root.rotateBy} />, <Time at={root.rotateBy} absolute />
      </dd>
      <dt>Copies</dt>
      <dd>
        <ul className="columns">
          {copies.map(({ file, place, upToDate, trouble }) => (
            <li key={`${place} ${file}`}>
              <code>{file}</code> in {place}{' '}
              {upToDate ? (
                <State word="up to date" tone="good" />
              ) : (
                <State word={trouble ?? 'behind'} tone="bad" />
              )}
            </li>
          ))}
        </ul>
        {copies.length === 0 && 'none'}
      </dd>
    </dl>
    <May ask="keys.root.rotate">
      <div>
        <RotateRoot version={root.version} />
      </div>
    </May>
  </section>
)

function RotateRoot({ version }: { readonly version: number }) {
  const rotate = useCall<void, { version: number }>({
    deed: () => call('POST', '/v1/keys/root/rotate'),
    said: (made) => `The root key is now version ${made.version}`,
    renews: [keyOf('/v1/keys')],
  })
  return (
    <ConfirmDialog
      verb="Rotate the root"
      title="Rotate the root key?"
      tone="quiet"
      typed={`root ${version}`}
      pending={rotate.isPending}
      error={rotate.error}
      onOpen={rotate.reset}
      onConfirm={() => rotate.mutateAsync()}
    >
      <p>
        A new root key is made, every ring is wrapped anew under it, and version {version} is
        destroyed. Older copies of the keyring open no more. The recovery shares stay good.
      </p>
    </ConfirmDialog>
  )
}
