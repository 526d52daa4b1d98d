import { PageHead } from '../ui/page-head.tsx'

export default function Continuity() {
  return <PageHead title="Continuity" />
}
