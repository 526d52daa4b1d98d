import { PageHead } from '../ui/page-head.tsx'

export default function Trail() {
  return <PageHead title="Trail" />
}
