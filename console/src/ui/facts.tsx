import { Fragment } from 'react'
import { reachable } from './table.tsx'
import { Time } from './time.tsx'

/** What a check or a finding has in its hand, in the words it was named by. */
export function Facts({ facts }: { readonly facts: unknown }) {
  if (Array.isArray(facts)) return <FactList facts={facts} />
  if (isRecord(facts)) {
    const entries = Object.entries(facts)
    if (entries.length === 0) return <span className="soft">none</span>
    return (
      <dl className="kv">
        {entries.map(([name, value]) => (
          <Fragment key={name}>
            <dt>{wordsOf(name)}</dt>
            <dd>
              <Facts facts={value} />
            </dd>
          </Fragment>
        ))}
      </dl>
    )
  }
  return <Fact fact={facts} />
}

function FactList({ facts }: { readonly facts: readonly unknown[] }) {
  if (facts.length === 0) return <span className="soft">none</span>
  if (!facts.every(isRecord))
    return (
      <ul className="fact-list">
        {facts.map((fact, place) => (
          <li key={`${place} ${String(fact)}`}>
            <Facts facts={fact} />
          </li>
        ))}
      </ul>
    )
  const names = [...new Set(facts.flatMap((fact) => Object.keys(fact)))]
  return (
    <div className="table-wrap" data-name="Facts" ref={reachable}>
      <table className="fact-table">
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {wordsOf(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {facts.map((fact, place) => (
            <tr key={`${place} ${String(fact[names[0] ?? ''])}`}>
              {names.map((name) => (
                <td key={name}>
                  <Facts facts={fact[name]} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Fact({ fact }: { readonly fact: unknown }) {
  if (fact === null || fact === undefined) return <span className="soft">none</span>
  if (typeof fact === 'boolean') return <>{fact ? 'yes' : 'no'}</>
  if (typeof fact === 'number') return <>{fact.toLocaleString('en-GB', { useGrouping: 'min2' })}</>
  const text = typeof fact === 'string' ? fact : JSON.stringify(fact)
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return <Time at={text} absolute />
  return /^[0-9a-f-]{16,}$/.test(text) ? <span className="mono">{text}</span> : <>{text}</>
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `promisedMinutes` as people read it: `promised minutes`. */
const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/[-_]/g, ' ')
    .toLowerCase()
