import { useState } from 'react'
import type { Entry, EntryProps } from './entry.ts'

/** The SHA-256 of a document, reckoned here from the file: the document itself stays where it is. */
export const digest = (label: string): Entry<string> => ({
  label,
  hint: 'The file stays with you; only its SHA-256 is kept.',
  needed: true,
  draw: (props) => <DigestControl {...props} />,
})

/** A JSON document, sent whole. */
export const jsonDocument = (label: string, hint: string): Entry<unknown> => ({
  label,
  hint,
  needed: true,
  draw: (props) => <JsonControl {...props} />,
})

function DigestControl({ control, needed, value, onChange }: EntryProps<string>) {
  return (
    <>
      <input
        {...control}
        type="file"
        required={needed}
        onChange={({ target }) => {
          const file = target.files?.[0]
          onChange(undefined)
          if (file !== undefined) void sha256Of(file).then(onChange)
        }}
      />
      {value !== undefined && <output className="mono digest">{value}</output>}
    </>
  )
}

function JsonControl({ control, needed, onChange }: EntryProps<unknown>) {
  const [trouble, setTrouble] = useState<string>()
  async function take(file: File) {
    try {
      onChange(JSON.parse(await file.text()))
    } catch {
      setTrouble(`${file.name} is not JSON.`)
    }
  }
  return (
    <>
      <input
        {...control}
        type="file"
        accept=".json,.sarif,application/json"
        required={needed}
        onChange={({ target }) => {
          const file = target.files?.[0]
          setTrouble(undefined)
          onChange(undefined)
          if (file !== undefined) void take(file)
        }}
      />
      {trouble !== undefined && (
        <p className="wrong" role="alert">
          {trouble}
        </p>
      )}
    </>
  )
}

async function sha256Of(file: File): Promise<string> {
  const bytes = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
