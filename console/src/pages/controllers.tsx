import { PageHead } from '../ui/page-head.tsx'

export default function Controllers() {
  return <PageHead title="Controllers" />
}
