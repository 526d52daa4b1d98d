import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Static } from 'typebox'
import type { OpenedTokens, TokenFields } from '../../../../src/vault/tokens/wire.ts'
import { call } from '../../api.ts'
import { ask, keyOf } from '../../ask.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { counted, countText } from '../../ui/figures.ts'
import { yes } from '../../ui/form/choices.tsx'
import { choice, text } from '../../ui/form/entries.tsx'
import { type Form, optional, starting } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { May, NotGranted } from '../../ui/may.tsx'
import { Section } from '../../ui/section.tsx'
import { StepUp, wantsFresh } from '../../ui/step-up.tsx'
import { DataTable } from '../../ui/table.tsx'
import { EntryLink } from '../../ui/tellings.tsx'
import { Time } from '../../ui/time.tsx'
import { useCall } from '../../ui/use-call.ts'
import { Loaded } from '../../ui/waiting.tsx'
import { valueText } from './reveal-field.tsx'
import { isWhole, type PartProps, pathOf } from './shapes.ts'
import { WhyFields } from './why-fields.tsx'

type TokenField = Static<typeof TokenFields>['items'][number]
type Opened = Static<typeof OpenedTokens>
type FormOfToken = TokenField['form']

/** What stands for data elsewhere: how it may look, how much there is of it, its end, and opening it. */
export const TokensPart = (props: PartProps) => (
  <div className="stack">
    <May ask="vault.token.list" otherwise={<NotGranted what="tokens" action="vault.token.list" />}>
      <Fields {...props} />
    </May>
    <May ask="vault.token.open">
      <OpenTokens {...props} />
    </May>
  </div>
)

function Fields({ controller: { controllerId } }: PartProps) {
  const path = `${pathOf(controllerId)}/tokens`
  const fields = useQuery(ask<Static<typeof TokenFields>>(path))
  return (
    <Section
      title="Tokens"
      lead="A token stands for a field wherever the value need not be. It is kept as a hash, opens for a purpose, and ends with its record."
    >
      <Loaded query={fields} what="Reading the tokens">
        {({ items }) => (
          <DataTable
            caption="Fields and their tokens"
            heads={[
              'Field',
              'Tokens may be',
              { number: 'There are' },
              'Newest',
              { unseen: 'What can be done' },
            ]}
            rows={items}
            keyOf={({ category, field }) => `${category} ${field}`}
            empty={<p className="soft">The contract has no field you may see tokens of.</p>}
          >
            {(field) => (
              <>
                <td>
                  {field.category}: {field.field}
                </td>
                <td>
                  <PolicyWords field={field} />
                </td>
                <td className="number">{countText(field.tokens)}</td>
                <td>{field.newestAt === null ? 'none' : <Time at={field.newestAt} />}</td>
                <td>
                  <div className="row">
                    <May ask="vault.token.policy">
                      <SetPolicy controllerId={controllerId} field={field} />
                    </May>
                    {field.tokens > 0 && (
                      <May ask="vault.token.revoke">
                        <Revoke controllerId={controllerId} field={field} />
                      </May>
                    )}
                  </div>
                </td>
              </>
            )}
          </DataTable>
        )}
      </Loaded>
    </Section>
  )
}

const formWords: Readonly<Record<FormOfToken, string>> = {
  any: 'random, or in any pattern',
  none: 'none',
  random: 'random alone',
  pattern: 'in one pattern',
}

const PolicyWords = ({ field: { form, pattern, luhn } }: { readonly field: TokenField }) => (
  <>
    {form === 'pattern' ? 'in the pattern ' : formWords[form]}
    {pattern !== null && <code>{pattern}</code>}
    {luhn && ', with the check of card numbers'}
  </>
)

interface Policy {
  readonly form: FormOfToken
  readonly pattern?: string
  readonly luhn?: boolean
  readonly reason: string
}

function SetPolicy({
  controllerId,
  field,
}: {
  readonly controllerId: string
  readonly field: TokenField
}) {
  const set = useCall<Policy>({
    deed: ({ reason, form, pattern, luhn = false }) =>
      call('PUT', `${pathOf(controllerId)}/token-policy`, {
        body: {
          category: field.category,
          field: field.field,
          form,
          luhn,
          ...(pattern === undefined ? {} : { pattern }),
        },
        reason,
      }),
    said: `It is decided how tokens of ${field.field} may look`,
    renews: [keyOf(`${pathOf(controllerId)}/tokens`)],
  })
  const form: Form<Policy> = {
    form: starting(choice('Tokens may be', formWords), field.form),
    pattern: starting(
      optional(
        text('Pattern', {
          hint: 'Only for one pattern: 9 a digit, a and A letters, * either; all else stands for itself',
          placeholder: '9999 9999 9999 9999',
          most: 128,
        }),
      ),
      field.pattern ?? undefined,
    ),
    luhn: yes('Digits pass the check of card numbers', undefined, field.luhn),
    reason: text('Reason', { hint: 'Kept in the trail, with what held before', most: 500 }),
  }
  return (
    <FormDialog
      verb="Change"
      title={`How may tokens of ${field.category}: ${field.field} look?`}
      lead="It holds from now on. Tokens there are stay, until somebody revokes them."
      form={form}
      call={set}
    />
  )
}

function Revoke({
  controllerId,
  field: { category, field, tokens },
}: {
  readonly controllerId: string
  readonly field: TokenField
}) {
  const [reason, setReason] = useState('')
  const revoke = useCall<void, { revoked: number }>({
    deed: () =>
      call('POST', `${pathOf(controllerId)}/tokens/revoke`, { body: { category, field }, reason }),
    said: ({ revoked }) => `${counted(revoked, 'token')} revoked`,
    renews: [keyOf(`${pathOf(controllerId)}/tokens`)],
  })
  return (
    <ConfirmDialog
      verb="Revoke all"
      title={`Revoke ${counted(tokens, 'token')} of ${category}: ${field}?`}
      tone="danger"
      typed={field}
      pending={revoke.isPending}
      error={revoke.error}
      onOpen={revoke.reset}
      onConfirm={() => revoke.mutateAsync()}
    >
      <p>
        They stand for nothing any more, wherever they are kept. The data itself stays. This cannot
        be undone.
      </p>
      <Field label="Reason">
        {(control) => (
          <input
            {...control}
            required
            value={reason}
            maxLength={500}
            onChange={({ target }) => setReason(target.value)}
          />
        )}
      </Field>
    </ConfirmDialog>
  )
}

/** Opens tokens for a purpose: each is a look at the record it stands for. */
function OpenTokens(props: PartProps) {
  const { controller, why } = props
  const [typed, setTyped] = useState('')
  const path = `${pathOf(controller.controllerId)}/tokens/open`
  const tokens = typed.split(/[\n,]+/).flatMap((line) => (line.trim() === '' ? [] : [line.trim()]))
  const open = useCall<void, Opened>({
    deed: () => call('POST', path, { body: { tokens }, purpose: why.purpose, reason: why.reason }),
    said: ({ items }) => `Opened ${counted(items.length, 'token')}`,
  })
  const told = open.data
  return (
    <Section
      title="Open tokens"
      lead="For a purpose that may use the field. More than ten at once want a second factor shown just now."
    >
      <form
        className="sheet stack"
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          open.mutate()
        }}
      >
        <WhyFields {...props} />
        <Field label="Tokens" hint="One a line, at most a hundred">
          {(control) => (
            <textarea
              {...control}
              rows={3}
              required
              spellCheck={false}
              autoComplete="off"
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
        <div className="row">
          <Button
            type="submit"
            pending={open.isPending}
            disabled={!isWhole(why) || tokens.length === 0}
          >
            Open them
          </Button>
          {told?.entryId !== undefined && (
            <span className="soft">
              Your look is <EntryLink entryId={told.entryId} />
            </span>
          )}
        </div>
        {wantsFresh(open.error) ? (
          <StepUp onShown={() => open.mutate()} />
        ) : (
          <ErrorNotice error={open.error} />
        )}
      </form>
      {told !== undefined && (
        <DataTable
          caption="Opened tokens"
          heads={['Token', 'Field', 'Value', 'Subject']}
          rows={told.value.items}
          keyOf={({ token }) => token}
          empty={<p className="soft">Nothing was opened.</p>}
        >
          {({ token, category, field, value, subjectId }) => (
            <>
              <td className="mono">{token}</td>
              <td>
                {category}: {field}
              </td>
              <td>{valueText(value)}</td>
              <td className="mono">{subjectId}</td>
            </>
          )}
        </DataTable>
      )}
    </Section>
  )
}
