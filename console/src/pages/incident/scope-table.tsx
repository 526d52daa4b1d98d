import { Fragment } from 'react'
import { countText } from '../../ui/figures.ts'
import { reachable } from '../../ui/table.tsx'
import type { Scope } from './wire.ts'

type Reached = Scope['controllers'][number]

/** Per controller, and in it per category: distinct subjects and records, certain and possible. */
export const ScopeTable = ({ scope: { controllers } }: { readonly scope: Scope }) => (
  <div className="sheet table-wrap" data-name="Scope" ref={reachable}>
    <table className="scope">
      <caption className="visually-hidden">
        Subjects and records by controller and category, certainly reached and possibly at most
      </caption>
      <thead>
        <tr>
          <th scope="col" rowSpan={2}>
            Controller, category
          </th>
          <th scope="colgroup" colSpan={2} className="number">
            Certain
          </th>
          <th scope="colgroup" colSpan={2} className="number">
            Possible, at most
          </th>
        </tr>
        <tr>
          <th scope="col" className="number">
            subjects
          </th>
          <th scope="col" className="number">
            records
          </th>
          <th scope="col" className="number">
            subjects
          </th>
          <th scope="col" className="number">
            records
          </th>
        </tr>
      </thead>
      <tbody>
        {controllers.map((reached) => (
          <ReachedRows key={reached.controllerId} reached={reached} />
        ))}
      </tbody>
    </table>
  </div>
)

function ReachedRows({ reached: { name, certain, possible } }: { readonly reached: Reached }) {
  const sure = (bit: number) => certain.categories.find((category) => category.bit === bit)
  return (
    <Fragment>
      <tr className="scope-controller">
        <th scope="row">{name}</th>
        <Counts certain={certain} possible={possible} />
      </tr>
      {possible.categories.map((category) => (
        <tr key={category.bit}>
          <th scope="row" className="scope-category">
            {category.name}
          </th>
          <Counts certain={sure(category.bit)} possible={category} />
        </tr>
      ))}
      <tr>
        <td colSpan={5} className="soft scope-access">
          Certain subjects by what was done: {accessText(certain.access)}
        </td>
      </tr>
    </Fragment>
  )
}

interface Extent {
  readonly subjects: number
  readonly records: number
}

const Counts = ({
  certain = { subjects: 0, records: 0 },
  possible,
}: {
  readonly certain?: Extent | undefined
  readonly possible: Extent
}) => (
  <>
    <td className="number">{countText(certain.subjects)}</td>
    <td className="number">{countText(certain.records)}</td>
    <td className="number">{countText(possible.subjects)}</td>
    <td className="number">{countText(possible.records)}</td>
  </>
)

const accessText = (access: Reached['certain']['access']): string =>
  Object.entries(access)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${countText(count)} ${kind}`)
    .join(', ') || 'none'
