import { PageHead } from '../ui/page-head.tsx'

export default function Report() {
  return <PageHead title="Report" />
}
