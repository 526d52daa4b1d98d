import { CircleAlert } from 'lucide-react'
import { Refused } from '../api.ts'

/** A refusal as the house said it: the sentence, and the stable code to look up or tell others. */
export function ErrorNotice({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null
  const code = error instanceof Refused ? error.code : 'console.fault'
  const sentence = error instanceof Error ? error.message : 'Something went wrong.'
  return (
    <div className="notice" data-tone="bad" role="alert">
      <CircleAlert aria-hidden />
      <div>
        <p>{sentence}</p>
        <code>{code}</code>
      </div>
    </div>
  )
}
