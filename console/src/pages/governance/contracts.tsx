import { useQuery } from '@tanstack/react-query'
import type { Static } from 'typebox'
import type {
  Contracts as ContractsShape,
  NewContract as NewContractShape,
} from '../../../../src/governance/wire.ts'
import { ControllerLink, useControllers } from '../../actors.tsx'
import { call } from '../../api.ts'
import { askAll } from '../../ask.ts'
import { useSelf } from '../../self.ts'
import { Day } from '../../ui/day.tsx'
import { person, yes } from '../../ui/form/choices.tsx'
import { digest } from '../../ui/form/documents.tsx'
import { type Form, optional } from '../../ui/form/entry.ts'
import { choice, dueDay, pastDay } from '../../ui/form/entries.tsx'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, useMay } from '../../ui/may.tsx'
import { State } from '../../ui/state.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Register } from './register.tsx'
import { bounds, type RegisterState, renewed } from './shapes.ts'
import type { Vendor } from './vendors.tsx'

type Contract = Static<typeof ContractsShape>['items'][number]
type NewContract = Static<typeof NewContractShape>

const kinds: Readonly<Record<Contract['kind'], string>> = {
  dpa: 'data-processing agreement',
  scc: 'standard contractual clauses',
  bcr: 'binding corporate rules',
  nda: 'non-disclosure agreement',
  other: 'other',
}

/** Data-protection contracts, with vendors and with controllers. */
export function Contracts({ register }: { readonly register: RegisterState | undefined }) {
  const vendors = useVendors()
  const nameOf = (id: string) => vendors.find((vendor) => vendor.id === id)?.name ?? id
  return (
    <Register<Contract>
      bounds={bounds.contracts}
      state={register}
      title="Data-protection contracts"
      lead="Facts of what is signed. The document stays where it is, known by its SHA-256."
      heads={['With', 'Kind', 'Signed', 'Until', 'State']}
      first="Enter the contract with each controller and each vendor; a vendor cannot go to work without one that passes the duties on."
      enter={
        <May ask="governance.contract.enter">
          <Enter vendors={vendors} />
        </May>
      }
      renderCells={(contract) => (
        <>
          <td>
            {contract.vendorId !== undefined && nameOf(contract.vendorId)}
            {contract.controllerId !== undefined && <ControllerLink id={contract.controllerId} />}
          </td>
          <td>
            {kinds[contract.kind]}
            {contract.flowDown && <div className="soft">passes the duties on</div>}
          </td>
          <td>
            <Day on={contract.signedOn} />
          </td>
          <td>
            {contract.expiresOn === undefined ? 'no end' : <Day on={contract.expiresOn} due />}
          </td>
          <td>
            {contract.binding ? (
              <State word="binds" tone="good" />
            ) : (
              <State word="binds nobody" tone="bad" />
            )}
          </td>
        </>
      )}
    />
  )
}

const useVendors = (): readonly Vendor[] =>
  useQuery({ ...askAll<Vendor>('/v1/vendors'), enabled: useMay('governance.vendor.list') }).data ??
  []

type Entering = Omit<NewContract, 'vendorId' | 'controllerId'> & { readonly party: string }

function Enter({ vendors }: { readonly vendors: readonly Vendor[] }) {
  const { controllers } = useControllers()
  const enter = useCall<Entering>({
    deed: ({ party, ...facts }) => {
      const [kind, id = ''] = party.split(' ')
      const body: NewContract = {
        ...facts,
        ...(kind === 'vendor' ? { vendorId: id } : { controllerId: id }),
      }
      return call('POST', '/v1/contracts', { body })
    },
    said: 'The contract was entered',
    renews: renewed('contracts'),
  })
  const form: Form<Entering> = {
    party: choice(
      'With',
      Object.fromEntries([
        ...vendors
          .filter(({ endedAt }) => endedAt === undefined)
          .map(({ id, name }) => [`vendor ${id}`, `${name} (vendor)`] as const),
        ...controllers.map(
          ({ controllerId, name }) =>
            [`controller ${controllerId}`, `${name} (controller)`] as const,
        ),
      ]),
    ),
    kind: choice('Kind', kinds, { first: 'dpa' }),
    signedOn: pastDay('Signed on'),
    expiresOn: optional(dueDay('Binds until')),
    flowDown: yes('It passes the duties towards controllers on'),
    documentSha256: digest('Document'),
    owner: person('Owner', useSelf()?.id),
    due: dueDay('Look at it again by', 300, 'Not after it ends'),
  }
  return (
    <FormDialog
      verb="Enter a contract"
      title="Enter a signed contract"
      tone="plain"
      form={form}
      call={enter}
    />
  )
}
