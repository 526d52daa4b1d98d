import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { call } from '../../api.ts'
import { ask, keyOf, part } from '../../ask.ts'
import { useLive } from '../../attended.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Command, Empty } from '../../ui/empty.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { long, text, whole } from '../../ui/form/entries.tsx'
import { optional } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { State, type Tone } from '../../ui/state.tsx'
import { DataTable, type Head } from '../../ui/table.tsx'
import { spanText, Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { TrailHead } from './head.tsx'
import type { Anchor, Anchors as AnchorsSeen } from './shapes.ts'
import './trail.css'

const path = '/v1/trail/anchors'
const renews = [keyOf(path), keyOf('/v1/trail/logs')]

/** Who holds the root checkpoint outside, and how far the words may go because of it. */
export default function Anchors() {
  const anchors = useQuery({ ...ask<AnchorsSeen>(path), refetchInterval: useLive(10_000) })
  return (
    <>
      <TrailHead part="anchors" />
      <Loaded query={anchors} what="Reading the anchors">
        {(seen) => (
          <div className="stack">
            <Reached seen={seen} />
            <Witnesses items={of(seen, 'witness')} />
            <Copies seen={seen} />
            <Authorities items={of(seen, 'timestamp')} />
          </div>
        )}
      </Loaded>
    </>
  )
}

const of = ({ items }: AnchorsSeen, kind: Anchor['kind']) =>
  items.filter((anchor) => anchor.kind === kind)

const rungs = [
  'signed by ourselves',
  'a copy that nobody can change',
  'a witness',
  'witnessed or copied, and dated',
]

const Reached = ({ seen: { claim, head } }: { readonly seen: AnchorsSeen }) => (
  <section className="sheet stack">
    <div className="row spread">
      <h2>The log is {claim.words}</h2>
      <State word={`rung ${claim.rung}`} tone={claim.rung > 0 ? 'good' : 'plain'} />
    </div>
    <p>{claim.means}</p>
    <dl className="kv">
      <dt>Reached</dt>
      <dd>
        {claim.rung} of {rungs.length - 1}: {rungs[claim.rung]}
      </dd>
      <dt>Root checkpoint</dt>
      <dd>
        {head === undefined ? (
          'none yet'
        ) : (
          <>
            over {counted(head.size, 'checkpoint')} of logs, signed <Time at={head.at} />
          </>
        )}
      </dd>
    </dl>
  </section>
)

const tones: Readonly<Record<Anchor['state'], Tone>> = {
  fresh: 'good',
  new: 'plain',
  stale: 'bad',
  loose: 'warn',
}

const words: Readonly<Record<Anchor['state'], string>> = {
  fresh: 'holds',
  new: 'not reached yet',
  stale: 'behind',
  loose: 'changeable',
}

/** State, age, and why not. */
function Standing({ anchor }: { readonly anchor: Anchor }) {
  const { state, lagSeconds, reachedAt, failingSince, failure } = anchor
  return (
    <>
      <State word={words[state]} tone={tones[state]} />
      <div className="soft">
        {reachedAt === undefined ? (
          'never reached'
        ) : (
          <>
            last <Time at={reachedAt} />
          </>
        )}
        {state === 'stale' && `, ${spanText(lagSeconds)} behind`}
      </div>
      {failure !== undefined && failingSince !== undefined && (
        <div className="why-cell">
          {failure} Since <Time at={failingSince} />.
        </div>
      )}
    </>
  )
}

const heads: readonly Head[] = [
  'Name',
  'Run by',
  'State',
  { number: 'Holds' },
  { unseen: 'Remove' },
]

function Rows({
  caption,
  items,
  right,
  removes,
  empty,
}: {
  readonly caption: string
  readonly items: readonly Anchor[]
  readonly right: string
  readonly removes: string
  readonly empty: ReactNode
}) {
  const mayRemove = useMay(right)
  return (
    <DataTable
      caption={caption}
      heads={heads}
      rows={items}
      keyOf={({ anchorId }) => anchorId}
      empty={empty}
    >
      {(anchor) => (
        <>
          <td>
            <span className="mono">{anchor.name}</span>
            <div className="soft mono">{anchor.address}</div>
          </td>
          <td>{anchor.heldBy}</td>
          <td>
            <Standing anchor={anchor} />
          </td>
          <td className="number">{anchor.size === undefined ? '' : countText(anchor.size)}</td>
          <td>{mayRemove && <Remove anchor={anchor} removes={removes} />}</td>
        </>
      )}
    </DataTable>
  )
}

function Remove({
  anchor: { anchorId, name },
  removes,
}: {
  readonly anchor: Anchor
  readonly removes: string
}) {
  const remove = useCall({
    deed: () => call('DELETE', `${removes}/${part(anchorId)}`),
    said: `${name} is asked no more`,
    renews,
  })
  return (
    <ConfirmDialog
      verb="Remove"
      title={`Remove ${name}?`}
      tone="danger"
      typed={name}
      pending={remove.isPending}
      error={remove.error}
      onOpen={remove.reset}
      onConfirm={() => remove.mutateAsync()}
    >
      <p>
        What it has signed stays, and proves what it proved. Newer checkpoints do not reach it; if
        it was the last one, the annex says tamper-detecting from the next check on.
      </p>
    </ConfirmDialog>
  )
}

interface NewWitness {
  address: string
  key: string
  heldBy: string
  everyMinutes?: number
}

function Witnesses({ items }: { readonly items: readonly Anchor[] }) {
  const add = useCall<NewWitness>({
    deed: (body) => call('POST', '/v1/trail/witnesses', { body }),
    said: (_, { heldBy }) => `The witness of ${heldBy} is asked from now on`,
    renews,
  })
  return (
    <Section
      title="Witnesses"
      lead="Somebody else cosigns each root checkpoint, and only when it continues the one before: no two customers can be shown two histories."
      does={
        <May ask="trail.witness.add">
          <FormDialog
            verb="Add a witness"
            title="Add a witness"
            lead="It counts for as much as its keeper is independent of you: best a controller’s own."
            form={{
              address: text('Address', {
                placeholder: 'https://witness.clinic.example',
                most: 500,
              }),
              key: long('Verifier key', { hint: 'As the witness printed it.' }),
              heldBy: text('Run by', { hint: 'Who keeps it, in words.' }),
              everyMinutes: optional(
                whole('Asked at most every … minutes', { least: 1, most: 1440, first: 1 }),
              ),
            }}
            call={add}
          />
        </May>
      }
    >
      <Rows
        caption="Witnesses"
        items={items}
        right="trail.witness.remove"
        removes="/v1/trail/witnesses"
        empty={
          <Empty title="Nobody witnesses this log">
            <p>
              A controller runs one on a machine of its own, gives you address and key, and you add
              it here. It takes three commands:
            </p>
            <Command>holdfast witness --help</Command>
          </Empty>
        }
      />
    </Section>
  )
}

function Copies({ seen }: { readonly seen: AnchorsSeen }) {
  const { store } = seen
  const [copy] = of(seen, 'copy')
  return (
    <Section
      title="Copies"
      lead="Full tiles, bundles and root checkpoints lie in the object store; locked there, nobody can change them until their day."
    >
      {store.outside ? (
        <section className="sheet stack">
          <div className="row spread">
            <h3>{store.place}</h3>
            {copy === undefined && <State word="not reached yet" tone="plain" />}
          </div>
          {copy !== undefined && (
            <div>
              <Standing anchor={copy} />
            </div>
          )}
          <dl className="kv">
            <dt>Waiting</dt>
            <dd>{countText(store.waiting)} full bundles</dd>
            <dt>Locked for</dt>
            <dd>
              {store.lockDays === 0
                ? 'no time: this store locks nothing, so the copy carries no claim'
                : `${countText(store.lockDays)} days`}
            </dd>
            {copy?.lockedAt !== undefined && (
              <>
                <dt>Tried to destroy</dt>
                <dd>
                  <Time at={copy.lockedAt} />, and the store refused
                </dd>
              </>
            )}
          </dl>
        </section>
      ) : (
        <Empty title="The log is copied nowhere">
          <p>
            Name an S3 bucket with Object Lock in a file, set <code>lockDays</code> in it, and start
            the house with
          </p>
          <Command>HOLDFAST_OBJECTS_FILE=/etc/holdfast/s3.json npm start</Command>
        </Empty>
      )}
    </Section>
  )
}

interface NewAuthority {
  address: string
  certificate: string
  heldBy: string
  everyMinutes?: number
}

function Authorities({ items }: { readonly items: readonly Anchor[] }) {
  const add = useCall<NewAuthority>({
    deed: (body) => call('POST', '/v1/trail/authorities', { body }),
    said: (_, { heldBy }) => `${heldBy} dates the root checkpoint from now on`,
    renews,
  })
  return (
    <Section
      title="Timestamps"
      lead="An authority dates the root checkpoint (RFC 3161): nothing before that time was made up later. It counts beside a witness or a locked copy."
      does={
        <May ask="trail.authority.add">
          <FormDialog
            verb="Add an authority"
            title="Add a timestamp authority"
            form={{
              address: text('Address', { placeholder: 'https://tsa.example/tsr', most: 500 }),
              certificate: long('Certificate', {
                hint: 'The one it signs with, PEM.',
                most: 16_384,
              }),
              heldBy: text('Run by', { hint: 'Who keeps it, in words.' }),
              everyMinutes: optional(
                whole('Asked at most every … minutes', { least: 5, most: 1440, first: 60 }),
              ),
            }}
            call={add}
          />
        </May>
      }
    >
      <Rows
        caption="Timestamp authorities"
        items={items}
        right="trail.authority.remove"
        removes="/v1/trail/authorities"
        empty={
          <Empty title="Nobody dates this log">
            <p>
              Take an authority you trust, and add its address and the certificate it signs with.
            </p>
          </Empty>
        }
      />
    </Section>
  )
}
