import { PageHead } from '../ui/page-head.tsx'

export default function Gate() {
  return <PageHead title="Gate" />
}
