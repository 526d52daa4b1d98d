import { PageHead } from '../ui/page-head.tsx'

export default function Governance() {
  return <PageHead title="Governance" />
}
