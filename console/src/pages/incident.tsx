import { PageHead } from '../ui/page-head.tsx'

export default function Incident() {
  return <PageHead title="Incident" />
}
