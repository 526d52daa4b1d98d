import { PageHead } from '../../ui/page-head.tsx'

export default function Logs() {
  return <PageHead title="Logs" />
}
