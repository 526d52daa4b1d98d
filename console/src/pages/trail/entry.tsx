import { PageHead } from '../../ui/page-head.tsx'

export default function Entry() {
  return <PageHead title="Entry" />
}
