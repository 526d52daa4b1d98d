import { PageHead } from '../ui/page-head.tsx'

export default function Incidents() {
  return <PageHead title="Incidents" />
}
