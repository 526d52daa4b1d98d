import { useQuery } from '@tanstack/react-query'
import { call } from '../../api.ts'
import { ask } from '../../ask.ts'
import { choice, long } from '../../ui/form/entries.tsx'
import { starting } from '../../ui/form/entry.ts'
import { FormDialog } from '../../ui/form/form-dialog.tsx'
import { useCall } from '../../ui/use-call.ts'
import { type Notice, noticePath, renewed } from './wire.ts'

interface Wording {
  nature: string
  consequences: string
  taken: string
  proposed: string
  phase: 'initial' | 'update' | 'final'
}

/** Puts a draft into a person's own words. Numbers and times stay as counted. */
export function WordNotice({ noticeId }: { readonly noticeId: string }) {
  const body = useQuery(ask<Notice>(noticePath(noticeId))).data?.body
  const word = useCall<Partial<Wording>, Notice>({
    deed: ({ taken = '', proposed = '', ...rest }) =>
      call('PATCH', noticePath(noticeId), {
        body: { ...rest, measures: { taken: linesOf(taken), proposed: linesOf(proposed) } },
      }),
    said: 'Notice put into your words',
    renews: renewed,
  })
  if (body === undefined) return null
  const line = 'One a line.'
  return (
    <FormDialog
      verb="Word it"
      title={`Word notice ${body.reference}`}
      lead="No names of people. Numbers and times are counted and stay."
      form={{
        nature: starting(long('Nature of the breach'), body.nature),
        consequences: starting(long('Likely consequences'), body.consequences),
        taken: starting(long('Measures taken', { hint: line }), body.measures.taken.join('\n')),
        proposed: {
          ...starting(long('Measures proposed', { hint: line }), body.measures.proposed.join('\n')),
          needed: false,
        },
        phase: choice(
          'Phase',
          { initial: 'initial', update: 'update', final: 'final' },
          { first: body.phase },
        ),
      }}
      call={word}
    />
  )
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
