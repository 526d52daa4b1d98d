import { PageHead } from '../ui/page-head.tsx'

export default function PublicAnnex() {
  return <PageHead title="PublicAnnex" />
}
