import { PageHead } from '../ui/page-head.tsx'

export default function Overview() {
  return <PageHead title="Overview" />
}
