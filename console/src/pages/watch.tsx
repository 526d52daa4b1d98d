import { PageHead } from '../ui/page-head.tsx'

export default function Watch() {
  return <PageHead title="Watch" />
}
