import { PageHead } from '../ui/page-head.tsx'

export default function Measure() {
  return <PageHead title="Measure" />
}
