import { counted } from '../../ui/figures.ts'
import { DataTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { classNames, kindNames } from '../controllers/draft.ts'
import type { ControllerRead } from './shapes.ts'

/** The contract in force, as facts. */
export const ContractFacts = ({ controller }: { readonly controller: ControllerRead }) => (
  <>
    <section className="sheet">
      <dl className="kv">
        <dt>Agreed</dt>
        <dd>
          version {controller.version}, <Time at={controller.agreedAt} absolute />
        </dd>
        <dt>Here since</dt>
        <dd>
          <Time at={controller.createdAt} absolute />
        </dd>
        <dt>Country</dt>
        <dd>{controller.country ?? 'not said'}</dd>
        <dt>Whose data</dt>
        <dd>{controller.subjectKinds.join(', ') || 'not said'}</dd>
        <dt>Notice of a breach</dt>
        <dd>within {counted(controller.noticeHours, 'hour')}</dd>
        <dt>Who is told</dt>
        <dd>
          {controller.breachContacts.length === 0 &&
            'nobody is named: a notice would have no address'}
          {controller.breachContacts.map(({ name, email }) => (
            <div key={`${name} ${email}`}>
              {name}, <a href={`mailto:${email}`}>{email}</a>
            </div>
          ))}
        </dd>
        <dt>Id</dt>
        <dd className="mono">{controller.controllerId}</dd>
      </dl>
    </section>
    <DataTable
      caption="Categories of data"
      heads={['Category', { number: 'Kept' }, 'Fields', 'For']}
      rows={controller.categories}
      keyOf={({ name }) => name}
      empty={null}
    >
      {({ name, retainDays, retainFrom, fields }) => (
        <>
          <td>{name}</td>
          <td className="number">
            {counted(retainDays, 'day')}
            {retainFrom !== null && <div className="soft">from {retainFrom}</div>}
          </td>
          <td>
            {fields.map((field) => (
              <div key={field.name}>
                {field.name}{' '}
                <span className="soft">
                  {kindNames[field.kind]}
                  {field.words ? ', searchable by words' : field.searchable && ', searchable'}
                  {field.class !== 'ordinary' && `, ${classNames[field.class]}`}
                  {field.purposes !== null && `, only for ${field.purposes.join(', ')}`}
                </span>
                {field.leakage !== null && <div className="aside">{field.leakage}</div>}
              </div>
            ))}
          </td>
          <td>
            {controller.purposes
              .filter(({ categories }) => categories.includes(name))
              .map((purpose) => purpose.name)
              .join(', ') || <span className="soft">no purpose may use it</span>}
          </td>
        </>
      )}
    </DataTable>
  </>
)
