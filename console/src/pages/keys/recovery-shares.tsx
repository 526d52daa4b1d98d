import { Download } from 'lucide-react'
import type { Static } from 'typebox'
import type { Confirmation, Shares as SharesShape } from '../../../../src/keys/wire.ts'
import { call } from '../../api.ts'
import { Button } from '../../ui/button.tsx'
import type { Form } from '../../ui/form/entry.ts'
import { text } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { save } from '../../ui/save.ts'
import { useCall } from '../../ui/use-call.ts'

type Shares = Static<typeof SharesShape>

const sentence = 'show recovery shares'
const form: Form<Static<typeof Confirmation>> = {
  confirm: text(`Type "${sentence}" to go on`),
}

/** Five lines, three of which open the root key when passphrase and machine are lost. */
export function RecoveryShares() {
  const make = useCall<Static<typeof Confirmation>, Shares>({
    deed: (body) => call('POST', '/v1/keys/recovery-shares', { body }),
    said: 'A new set of recovery shares was made; the one before is void',
  })
  return (
    <section className="sheet stack">
      <h2>Recovery shares</h2>
      <p>
        Whoever loses the passphrase of the root key loses all data. Five shares guard against that:
        any three together set a new passphrase, fewer are worth nothing. Give each to another
        person.
      </p>
      <div>
        <FormDialog
          verb="Make recovery shares"
          title="Make a new set of recovery shares?"
          lead="They are shown once, now. A set made before is void from then on."
          tone="danger"
          form={form}
          call={make}
        >
          {(shares) => <Shown {...shares} />}
        </FormDialog>
      </div>
    </section>
  )
}

const Shown = ({ needed, shares }: Shares) => (
  <>
    <p>
      Any {needed} of these {shares.length} open the root key. Hand each to another person; the
      house keeps none. They are used on the host, with the house down:{' '}
      <code>holdfast keys recover</code>
    </p>
    <ol className="shares mono">
      {shares.map((share) => (
        <li key={share}>{share}</li>
      ))}
    </ol>
    <div className="row">
      {shares.map((share, place) => (
        <Button
          key={share}
          tone="quiet"
          onClick={() =>
            save(
              `holdfast-share-${place + 1}.txt`,
              new Blob([`${share}\n`], { type: 'text/plain' }),
            )
          }
        >
          <Download aria-hidden />
          Share {place + 1}
        </Button>
      ))}
    </div>
  </>
)
