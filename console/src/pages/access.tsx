import { PageHead } from '../ui/page-head.tsx'

export default function Access() {
  return <PageHead title="Access" />
}
