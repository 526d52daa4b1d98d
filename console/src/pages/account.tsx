import { PageHead } from '../ui/page-head.tsx'

export default function Account() {
  return <PageHead title="Account" />
}
