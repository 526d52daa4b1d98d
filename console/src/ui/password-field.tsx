import { useEffect, useState } from 'react'
import { Field } from './field.tsx'
import './secrets.css'

interface Limits {
  readonly fewestCharacters: number
  readonly mostCharacters: number
}

type Judge = (password: string, words: readonly string[]) => number

/** A password with what it still lacks, while it is typed. The house judges again when it is sent. */
export function PasswordField({
  label = 'Password',
  value,
  onChange,
  limits,
  context,
}: {
  readonly label?: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly limits: Limits
  /** What anybody would try first: name, e-mail, the processor. */
  readonly context: readonly string[]
}) {
  const [shown, setShown] = useState(false)
  const judge = useJudge()
  const { word, tone } = guidance(value, limits, context, judge)
  return (
    <Field
      label={label}
      hint={
        <>
          At least {limits.fewestCharacters} characters that nobody can guess. Four or five
          unexpected words do well; signs and digits are welcome and never demanded.
        </>
      }
    >
      {(control) => (
        <>
          <div className="row password-row">
            <input
              {...control}
              type={shown ? 'text' : 'password'}
              name="new-password"
              autoComplete="new-password"
              maxLength={limits.mostCharacters}
              required
              value={value}
              onChange={(event) => onChange(event.target.value)}
            />
            <button
              type="button"
              className="button quiet"
              aria-pressed={shown}
              onClick={() => setShown(!shown)}
            >
              {shown ? 'Hide' : 'Show'}
            </button>
          </div>
          <output className="password-word" data-tone={tone}>
            {value === '' ? '' : word}
          </output>
        </>
      )}
    </Field>
  )
}

function useJudge(): Judge | undefined {
  const [judge, setJudge] = useState<Judge>()
  useEffect(() => {
    let isThere = true
    void import('./password-judge.ts').then(({ scoreOf }) => isThere && setJudge(() => scoreOf))
    return () => {
      isThere = false
    }
  }, [])
  return judge
}

function guidance(
  password: string,
  { fewestCharacters }: Limits,
  context: readonly string[],
  judge: Judge | undefined,
): { readonly word: string; readonly tone: 'good' | 'bad' | 'plain' } {
  const lacking = fewestCharacters - Array.from(password.normalize('NFC')).length
  if (lacking > 0)
    return { word: `${lacking} more ${lacking === 1 ? 'character' : 'characters'}.`, tone: 'plain' }
  const words = wordsOf(context)
  if (words.some((word) => password.toLowerCase().includes(word)))
    return { word: 'It contains a name that anybody would try first.', tone: 'bad' }
  if (judge === undefined) return { word: 'Long enough.', tone: 'plain' }
  return judge(password, words) < 3
    ? { word: 'It can be guessed: use more words, or less expected ones.', tone: 'bad' }
    : { word: 'Hard to guess.', tone: 'good' }
}

const wordsOf = (context: readonly string[]): string[] =>
  context
    .flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
    .filter((word) => word.length >= 4)
