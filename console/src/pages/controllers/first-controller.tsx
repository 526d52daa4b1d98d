import { Link } from '@tanstack/react-router'
import { Command, Empty } from '../../ui/empty.tsx'
import { May } from '../../ui/may.tsx'

const command = `holdfast vault controller create --name "Northwind" --country DE \\
  --categories '[{"name": "contact", "retainDays": 730,
    "fields": [{"name": "email", "kind": "email", "searchable": true}]}]' \\
  --purposes '[{"name":"support","categories":["contact"]}]' \\
  --breach-contacts '[{"name":"Dana Petrov","email":"privacy@northwind.example"}]'`

/** What makes the first row. */
export const FirstController = () => (
  <Empty title="No controller yet">
    <p>
      A controller is a customer whose personal data you process. Take one in with the facts of its
      contract; then import its data, or let your applications put it in.
    </p>
    <May ask="vault.controller.create">
      <Link className="button" to="/controllers/new">
        Take a controller in
      </Link>
    </May>
    <p>The same on the host:</p>
    <Command>{command}</Command>
  </Empty>
)
