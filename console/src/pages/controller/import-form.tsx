import { useState } from 'react'
import { ErrorNotice } from '../../ui/error-notice.tsx'
import { Field } from '../../ui/field.tsx'
import { sizeText } from '../../ui/figures.ts'
import { type FileHead, headBytes, headOf } from './file-head.ts'
import { ImportRun } from './import-run.tsx'
import { guessed, type MappingDraft } from './mapping.ts'
import { MappingFields } from './mapping-fields.tsx'
import type { PartProps } from './shapes.ts'

interface Chosen {
  readonly file: File
  readonly head: FileHead
}

/** Takes a file of any size in: choose it, say which column is what, try it, store it. */
export function ImportForm(props: PartProps) {
  const { categories, controllerId } = props.controller
  const [chosen, setChosen] = useState<Chosen>()
  const [mapping, setMapping] = useState<MappingDraft>()
  const [trouble, setTrouble] = useState<unknown>()

  async function choose(file: File | undefined) {
    setChosen(undefined)
    setMapping(undefined)
    setTrouble(undefined)
    if (file === undefined) return
    try {
      const head = headOf(await file.slice(0, headBytes).text(), file.size <= headBytes)
      if (head === undefined) throw new Error(`${file.name} has no line to read columns from.`)
      setChosen({ file, head })
      setMapping(guessed(head, categories))
    } catch (error) {
      setTrouble(error)
    }
  }

  return (
    <section className="sheet stack">
      <h2>Import a file</h2>
      <Field
        label="File"
        hint="CSV with a first line of column names, or NDJSON (one JSON object a line), in UTF-8, of any size. The same on the host: holdfast import"
      >
        {(control) => (
          <input
            {...control}
            type="file"
            accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv,application/x-ndjson"
            onChange={({ target }) => void choose(target.files?.[0])}
          />
        )}
      </Field>
      <ErrorNotice error={trouble} />
      {chosen !== undefined && mapping !== undefined && (
        <>
          <p className="soft">
            {chosen.head.format === 'csv' ? 'CSV' : 'NDJSON'}, {sizeText(chosen.file.size)},{' '}
            {chosen.head.columns.length} columns. Its first lines, as they stand in your file:
          </p>
          <Preview head={chosen.head} />
          <MappingFields
            head={chosen.head}
            categories={categories}
            mapping={mapping}
            onChange={setMapping}
          />
          <ImportRun
            key={`${controllerId} ${JSON.stringify(mapping)} ${chosen.file.name} ${chosen.file.lastModified}`}
            {...props}
            file={chosen.file}
            head={chosen.head}
            mapping={mapping}
          />
        </>
      )}
    </section>
  )
}

const Preview = ({ head: { columns, rows } }: { readonly head: FileHead }) => (
  <section className="table-wrap" aria-label="First lines of the file">
    <table className="preview">
      <thead>
        <tr>
          {columns.map((column, at) => (
            <th key={`${at} ${column}`} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, line) => (
          <tr key={`${line} ${row.join(' ')}`}>
            {columns.map((column, at) => (
              <td key={`${at} ${column}`}>{row[at]}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
