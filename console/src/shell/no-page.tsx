import { Link } from '@tanstack/react-router'
import { Empty } from '../ui/empty.tsx'

/** There is nothing at this address. */
export const NoPage = () => (
  <Empty title="No such page">
    <p>
      The address names nothing in this console. <Link to="/">Go to the overview</Link>.
    </p>
  </Empty>
)
