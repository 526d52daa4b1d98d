import type { Self } from '../../self.ts'
import { Empty } from '../../ui/empty.tsx'
import { DataTable } from '../../ui/table.tsx'

/** How the trail knows one, and what one may do. */
export const OwnAccess = ({ self }: { readonly self: Self }) => (
  <>
    <section className="sheet stack">
      <h2>How the house knows you</h2>
      <dl className="kv">
        {self.session !== undefined && (
          <>
            <dt>This session ends</dt>
            <dd>after {self.session.idleMinutes} minutes without a request</dd>
          </>
        )}
        <dt>Your id in the trail</dt>
        <dd className="mono">{self.id}</dd>
      </dl>
    </section>
    <section className="stack" aria-labelledby="grants-head">
      <h2 id="grants-head">What you may do</h2>
      <DataTable
        caption="Your grants"
        rows={self.grants}
        keyOf={(grant) => grant.grantId}
        empty={
          <Empty title="Nothing is granted to you">
            <p>
              Ask an administrator for a role: they grant it to your id, shown above, under People
              &amp; access.
            </p>
          </Empty>
        }
        heads={['Actions', 'Controllers', 'Categories', 'Purposes']}
      >
        {({ actions, controllers, categories, purposes }) => (
          <>
            <td>
              <ul className="tags">
                {actions.map((action) => (
                  <li key={action}>
                    <code>{action}</code>
                  </li>
                ))}
              </ul>
            </td>
            <td>{among(controllers)}</td>
            <td>{among(categories)}</td>
            <td>{among(purposes)}</td>
          </>
        )}
      </DataTable>
    </section>
  </>
)

/** Null confines to nothing. */
const among = (names: readonly string[] | null) => names?.join(', ') ?? 'all'
