import { PageHead } from '../ui/page-head.tsx'

export default function Enrol() {
  return <PageHead title="Enrol" />
}
